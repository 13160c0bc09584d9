import { identity } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const issuingResolvers: Resolvers = {
  Query: { issuer: field(identity.issuer) },
  Mutation: { issueVC: field(identity.issueVC), revokeVC: field(identity.revokeVC) },
}
