using Google.Protobuf;
using Grpc.Core;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>Turns messages into bytes and back, straight from and to the connection's buffers.</summary>
internal static class MessageMarshaller
{
    /// <summary>The marshaller of one kind of message.</summary>
    /// <param name="parser">The message's parser.</param>
    /// <param name="most">The largest message in bytes that is sent; received ones are measured before they are read (<see cref="MessageSize"/>).</param>
    public static Marshaller<T> Of<T>(MessageParser<T> parser, long most)
        where T : class, IMessage<T> =>
        Marshallers.Create((message, context) => Write(message, context, most), context => Read(parser, context));

    private static void Write<T>(T message, SerializationContext context, long most)
        where T : class, IMessage<T>
    {
        var size = message.CalculateSize();
        if (size > most)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"grpc: trying to send message larger than max ({size} vs. {most})"));
        }

        context.SetPayloadLength(size);
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private static T Read<T>(MessageParser<T> parser, DeserializationContext context)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(context.PayloadAsReadOnlySequence());
        }
        catch (InvalidProtocolBufferException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data"));
        }
    }
}
