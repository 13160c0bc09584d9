import { loan } from '@growr/contracts'
import { field, type Resolvers } from '@growr/graphql'

export const loanResolvers: Resolvers = {
  Query: {
    offers: field(loan.findOffers),
    loan: field(loan.findByKey),
    loans: field(loan.findByProject),
    loansOfOrganization: field(loan.findByOrganization),
    loansOfUser: field(loan.findByUser),
    loanContract: field(loan.getContract),
    loanHistory: field(loan.history),
  },
  Mutation: { applyForLoan: field(loan.applyForLoan), signLoan: field(loan.signLoan) },
}
