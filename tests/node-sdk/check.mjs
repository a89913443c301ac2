// The official Node SDK, unmodified, against a running edge: node check.mjs http://localhost:5080/v1
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const baseURL = process.argv[2];
const client = new OpenAI({ baseURL, apiKey: 'sk-tests-of-llmdapr', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hello from Node' }];
let checks = 0;

async function check(name, run) {
  await run();
  checks += 1;
  console.log(`ok  ${name}`);
}

async function textOf(stream) {
  let text = '';
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  return text;
}

await check('plain answer', async () => {
  const answer = await client.chat.completions.create({ model: 'sim?words=12', messages });
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.equal(answer.choices[0].message.content.split(' ').length, 12);
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

await check('stream equals the plain answer', async () => {
  const model = 'sim?words=12';
  const plain = await client.chat.completions.create({ model, messages });
  const streamed = await textOf(await client.chat.completions.create({ model, messages, stream: true }));
  assert.equal(streamed, plain.choices[0].message.content);
});

await check('a stream cut by the provider throws', async () => {
  let words = '';
  await assert.rejects(async () => {
    for await (const chunk of await client.chat.completions.create({ model: 'sim?words=12&fault=cut&after=5', messages, stream: true })) {
      words += chunk.choices[0]?.delta?.content ?? '';
    }
  });
  assert.equal(words.split(' ').length, 5);
});

await check('errors are typed, with status and code', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'no-such-model', messages }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
  await assert.rejects(client.chat.completions.create({ model: 'sim?fault=context', messages }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.code, 'context_length_exceeded');
    return true;
  });
  await assert.rejects(client.chat.completions.create({ model: 'sim?err429=100', messages }), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, 'rate_limit_exceeded');
    return true;
  });
  await assert.rejects(client.chat.completions.create({ model: 'sim?fault=reset', messages }), (error) => {
    assert.ok(error instanceof OpenAI.InternalServerError);
    assert.equal(error.status, 502);
    return true;
  });
});

await check('models', async () => {
  const ids = [];
  for await (const model of client.models.list()) {
    ids.push(model.id);
  }
  assert.ok(ids.includes('sim-fast'));
});

console.log(`${checks} checks with the Node SDK passed`);
