'use strict';
// node server.js DESCRIPTORS: answers as the contract says; prints its port; ends when its input does.
const grpc = require('@grpc/grpc-js');
const Probe = require('./probe').load(process.argv[2]);

const server = new grpc.Server();
server.addService(Probe.service, {
  look: (call, reply) => {
    if (call.request.name === 'missing') {
      reply({ code: grpc.status.NOT_FOUND, details: 'nobody of that name' });
    } else if (call.request.name !== 'sleep') {
      const caller = call.metadata.get('concordat-caller')[0];
      reply(null, { text: `seen ${call.request.name} of ${caller}` });
    }
  },
  count: (call) => {
    for (let number = 1; number <= call.request.until; number++) {
      call.write({ number });
    }
    call.end();
  },
  sum: (call, reply) => {
    let sum = 0;
    call.on('data', (message) => (sum += message.number));
    call.on('end', () => reply(null, { sum }));
  },
  echo: (call) => {
    call.on('data', (message) => call.write(message));
    call.on('end', () => call.end());
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.on('end', () => server.forceShutdown());
process.stdin.resume();
