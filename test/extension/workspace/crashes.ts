// Its process dies without a word.
import { rand } from 'kernelscope';

const a = rand([64, 64]);
console.log('about to crash', await a.matmul(a).sum().item());
process.kill(process.pid, 'SIGSEGV');
