using System.Buffers;
using System.Globalization;
using System.Text;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Simulator.Chat;

/// <summary>Log-probabilities: made up from the token's text, in OpenAI's shape.</summary>
internal static class TokenOdds
{
    /// <summary><c>{"content":[…],"refusal":null}</c> for a text's tokens.</summary>
    public static void Write(IBufferWriter<byte> output, string text, int top)
    {
        output.Write("{\"content\":["u8);
        bool first = true;
        foreach (string token in TokenCounter.Split(text))
        {
            if (!first)
            {
                output.Write(","u8);
            }

            first = false;
            ulong seed = SplitMix.SeedOf(token);
            WriteToken(output, token, LogprobOf(seed, 0));
            output.Write(",\"top_logprobs\":["u8);
            for (int i = 0; i < top; i++)
            {
                if (i > 0)
                {
                    output.Write(","u8);
                }

                string alternative = i == 0 ? token : " " + Vocabulary.Plain[(int)(SplitMix.At(seed, (ulong)i) % (ulong)Vocabulary.Plain.Length)];
                WriteToken(output, alternative, LogprobOf(seed, i));
                output.Write("}"u8);
            }

            output.Write("]}"u8);
        }

        output.Write("],\"refusal\":null}"u8);
    }

    // The token itself is the likeliest; each alternative is less likely than the one before.
    private static double LogprobOf(ulong seed, int rank) => -((SplitMix.At(seed, 0) % 500 / 1000.0) + rank);

    private static void WriteToken(IBufferWriter<byte> output, string token, double logprob)
    {
        output.Write("{\"token\":"u8);
        JsonText.Write(output, token);
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"logprob\":{logprob + 0d},\"bytes\":[{string.Join(',', Encoding.UTF8.GetBytes(token))}]"), output);
    }
}
