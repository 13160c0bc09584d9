import { identity } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const verificationResolvers: Resolvers = {
  Mutation: { requestPresentation: field(identity.requestPresentation), validateVC: field(identity.validateVC) },
}
