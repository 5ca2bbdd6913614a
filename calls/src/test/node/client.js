'use strict';
// node client.js PORT DESCRIPTORS: asks a Concordat server in every shape; prints what it saw, one line each.
const grpc = require('@grpc/grpc-js');
const Probe = require('./probe').load(process.argv[3]);

const client = new Probe(`127.0.0.1:${process.argv[2]}`, grpc.credentials.createInsecure());
const soon = (ms) => ({ deadline: Date.now() + ms });

const unary = (method, request, metadata, options) =>
  new Promise((resolve) =>
    client[method](request, metadata, options, (error, answer) => resolve(error ?? answer))
  );
const all = (stream) =>
  new Promise((resolve) => {
    const seen = [];
    stream.on('data', (message) => seen.push(message));
    stream.on('error', (error) => resolve({ seen, error }));
    stream.on('end', () => resolve({ seen }));
  });

async function main() {
  const none = new grpc.Metadata();
  const print = (name, value) => console.log(`${name}: ${value}`);

  print('unary', (await unary('look', { name: 'node' }, none, soon(20000))).text);

  const counted = await all(client.count({ until: 5 }, soon(20000)));
  print('server stream', counted.seen.map((message) => message.number).join(','));

  const sum = await new Promise((resolve) => {
    const upload = client.sum(soon(20000), (error, answer) => resolve(error ?? answer.sum));
    [1, 2, 3, 4].forEach((number) => upload.write({ number }));
    upload.end();
  });
  print('client stream', sum);

  const exchange = client.echo(soon(20000));
  const echoed = all(exchange);
  ['a', 'b', 'c'].forEach((text) => exchange.write({ text }));
  exchange.end();
  print('both ways', (await echoed).seen.map((message) => message.text).join(','));

  const keyed = new grpc.Metadata();
  keyed.set('idempotency-key', 'node-1');
  const payment = { orderId: 'o-1', amount: 5 };
  const first = await unary('pay', payment, keyed, soon(20000));
  const second = await unary('pay', payment, keyed, soon(20000));
  print('same key, same answer', first.paymentId === second.paymentId);

  const wrong = await unary('pay', {}, keyed, soon(20000));
  print('error', `${grpc.status[wrong.code]} ${wrong.metadata.get('grpc-status-details-bin').length}`);

  const late = await unary('look', { name: 'sleep' }, none, soon(300));
  print('deadline', grpc.status[late.code]);

  const endless = client.count({ until: 9007199254740991 }, soon(20000));
  const cancelled = await new Promise((resolve) => {
    endless.once('data', () => endless.cancel());
    endless.on('error', (error) => resolve(grpc.status[error.code]));
  });
  print('cancel', cancelled);
  client.close();
}

main();
