import { user } from '@growr/contracts'
import { field, reference, type Resolvers } from '@growr/graphql'

export const userResolvers: Resolvers = {
  Query: {
    me: field(user.me),
    user: field(user.findById),
    users: field(user.findByOrganization),
    profile: field(user.profile),
    phoneChanges: field(user.findPhoneChanges),
  },
  Mutation: {
    getOTP: field(user.getOTP),
    validateOTP: field(user.validateOTP),
    registerOriginator: field(user.registerOriginator),
    registerBorrower: field(user.registerBorrower),
    registerInvestor: field(user.registerInvestor),
    loginByEmail: field(user.loginByEmail),
    loginByPhone: field(user.loginByPhone),
    refresh: field(user.refresh),
    logout: field(user.logout),
    updateUser: field(user.updateUser),
    blockUser: field(user.block),
    unblockUser: field(user.unblock),
    setPIN: field(user.setPIN),
    validatePIN: field(user.validatePIN),
    resetPIN: field(user.resetPIN),
    vouch: field(user.vouch),
    requestPhoneChange: field(user.requestPhoneChange),
    approvePhoneChange: field(user.approvePhoneChange),
    changePhone: field(user.changePhone),
    updateProfile: field(user.updateProfile),
    requestScore: field(user.requestScore),
  },
  User: { __resolveReference: reference(user.findById, ({ id }: { id: string }) => ({ id })) },
}
