export { startNode, type TestNode } from './testing.regtest.ts'
