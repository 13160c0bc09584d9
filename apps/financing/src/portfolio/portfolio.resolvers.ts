import { investor } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const portfolioResolvers: Resolvers = {
  Query: { portfolio: field(investor.portfolio), statement: field(investor.statement), directory: field(investor.directory) },
}
