export { createIdentityGroup, defaultConfig, type IdentityGroup, type IdentityOptions } from './group.ts'
export { openIdentityKeep } from './stores.ts'
export type { IdentityConfig } from './kit.ts'
export { users, type UserDoc } from './user/user.collections.ts'
