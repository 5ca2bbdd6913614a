'use strict';
// The contract as the test has written it down: a FileDescriptorSet.
const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

exports.load = (file) =>
  grpc.loadPackageDefinition(
    loader.loadFileDescriptorSetFromBuffer(fs.readFileSync(file), { longs: Number })
  ).probe.v1.Probe;
