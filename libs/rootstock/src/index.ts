export { readAddress, showAddress, type RootstockChain } from './address.ts'
export { openRootstock, type RootstockNetwork, type RootstockOptions } from './network.ts'
export { ROOTSTOCK_POLICY, type RootstockPolicy, type RootstockToken } from './policy.ts'
