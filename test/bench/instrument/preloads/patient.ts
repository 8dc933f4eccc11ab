/** WebGPU where a browser has it, and Dawn's polls slowed down as under Kernelscope; what those need to know is all that is looked at. */
import './bare.ts';
import { DawnPoll } from '../../../../src/probe/dawn-poll.ts';

const poll = new DawnPoll();
let dispatches = 0;
const pass = GPUComputePassEncoder.prototype;
const { dispatchWorkgroups } = pass;
pass.dispatchWorkgroups = function (...args) {
  dispatches++;
  return dispatchWorkgroups.apply(this, args);
};
const queue = GPUQueue.prototype;
const { submit, onSubmittedWorkDone } = queue;
queue.submit = function (commands) {
  submit.call(this, commands);
  poll.submitted(dispatches);
  dispatches = 0;
};
const settled = <T>(promise: Promise<T>): Promise<T> => {
  promise.then(
    () => poll.settled(),
    () => undefined,
  );
  return promise;
};
queue.onSubmittedWorkDone = function () {
  return settled(onSubmittedWorkDone.call(this));
};
const buffer = GPUBuffer.prototype;
const { mapAsync } = buffer;
buffer.mapAsync = function (...args) {
  return settled(mapAsync.apply(this, args));
};
