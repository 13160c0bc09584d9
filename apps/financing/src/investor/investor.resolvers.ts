import { investor } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const investorResolvers: Resolvers = {
  Query: {
    intent: field(investor.findIntent),
    intents: field(investor.findByProject),
    myIntents: field(investor.findByInvestor),
    investorContract: field(investor.getContract),
  },
  Mutation: {
    requestInvitation: field(investor.requestInvitation),
    inviteInvestor: field(investor.inviteInvestor),
    approveInvestor: field(investor.approveInvestor),
    rejectInvestor: field(investor.rejectInvestor),
    acceptInvitation: field(investor.acceptInvitation),
    rejectInvitation: field(investor.rejectInvitation),
    signContract: field(investor.signContract),
  },
}
