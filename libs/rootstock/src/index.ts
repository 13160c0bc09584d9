export { readAddress, showAddress, type RootstockChain } from './address.ts'
export { openRootstock, type RootstockOptions } from './network.ts'
export { ROOTSTOCK_POLICY, type RootstockPolicy, type RootstockToken } from './policy.ts'
