import { identity } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const identityResolvers: Resolvers = {
  Query: {
    record: field(identity.findByDid),
    credentials: field(identity.findCredentials),
    permissions: field(identity.findPermissions),
    credentialTypes: field(identity.findCredentialTypes),
  },
  Mutation: {
    getVC: field(identity.getVC),
    requestPermission: field(identity.requestPermission),
    withdrawPermission: field(identity.withdrawPermission),
    eraseUser: field(identity.erase),
    rotateKeys: field(identity.rotateKeys),
    createVCPresentation: field(identity.createVCPresentation),
  },
}
