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
    keyFacts: field(loan.keyFacts),
    previewReschedule: field(loan.previewReschedule),
    dueList: field(loan.dueList),
    arrearsList: field(loan.arrearsList),
    owed: field(loan.findOwed),
  },
  Mutation: {
    applyForLoan: field(loan.applyForLoan),
    signLoan: field(loan.signLoan),
    withdrawLoan: field(loan.withdraw),
    waiveCoolingOff: field(loan.waiveCoolingOff),
    markServiceProvided: field(loan.markServiceProvided),
    confirmService: field(loan.confirmService),
    sendKeyFacts: field(loan.sendKeyFacts),
    rescheduleLoan: field(loan.rescheduleLoan),
    writeOffLoan: field(loan.writeOff),
    importLoans: field(loan.importLoans),
  },
}
