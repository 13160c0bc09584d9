export { hdSignerOf } from './hd.ts'
export { booksOf, conformance } from './testing.conformance.ts'
export type { ConformanceHarness, Fault, Runner } from './testing.harness.ts'
export { startRpcProxy, type RpcProxy, type Treatment } from './testing.rpc.ts'
