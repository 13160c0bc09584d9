export { accessConfig } from './config.ts'
export type { AccessConfig } from './config.ts'
export { createAccessGroup } from './group.ts'
export type { AccessDeps, AccessGroup } from './group.ts'
