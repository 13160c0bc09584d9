export { startNode, type Node } from './node.ts'
export { nodeConfig, passphraseFile, type NodeConfig } from './config.ts'
