import { funding } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const fundingResolvers: Resolvers = {
  Query: { funding: field(funding.findByKey), fundings: field(funding.findByProject), position: field(funding.position) },
  Mutation: { fund: field(funding.fund), refund: field(funding.refund), revertFunding: field(funding.revert) },
}
