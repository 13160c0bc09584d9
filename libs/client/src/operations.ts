// Made by generate.mjs out of the API's schema; do not edit.

/** What the API calls an operation, its arguments with their types in GraphQL, and what a result holds. */
export interface Operation {
  readonly kind: 'query' | 'mutation'
  readonly args: Readonly<Record<string, string>>
  readonly selection: string
  /** Its result is a session. */
  readonly signsIn?: true
}

export const operations = {
  arrearsList: { kind: 'query', args: { organization: 'ID!', project: 'ID', first: 'Int', after: 'String' }, selection: '{ organization on buckets { currency bucket loans principal } list { edges { cursor node { loan project status currency due principal interest dueDate daysLate bucket outstanding borrower borrowerUser } } pageInfo { hasNextPage endCursor } totalCount } }' },
  businessDay: { kind: 'query', args: { organization: 'ID!' }, selection: '{ organization businessDate lastClosed closing { day loans done } }' },
  cashFloats: { kind: 'query', args: { organization: 'ID!', agent: 'ID' }, selection: '{ agent project currency amount }' },
  complaint: { kind: 'query', args: { number: 'String!' }, selection: '{ number organization user loan text status answers { text at } at updatedAt }' },
  complaints: { kind: 'query', args: { organization: 'ID', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { number organization user loan text status answers { text at } at updatedAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  credentialTypes: { kind: 'query', args: {}, selection: '{ type title required claims available }' },
  credentials: { kind: 'query', args: {}, selection: '{ id type issuer organization issuedAt validUntil revoked claims }' },
  directory: { kind: 'query', args: { words: 'String', currency: 'String', organization: 'ID', fundingType: 'String', minRate: 'String', invests: 'String', endsBy: 'String', openOnly: 'Boolean', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key organization organizationName name description isInviteOnly profileUrl bannerUrl startDate endDate currency amount terms { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } seniorCapital juniorCapital room loanCount loans { lent repaid outstanding { loans principal interest } arrears { bucket loans principal interest } par30 defaulted { loans principal interest } writtenOff { loans principal interest } completed { loans principal interest } interestEarned } } } pageInfo { hasNextPage endCursor } totalCount }' },
  distributionPreview: { kind: 'query', args: { key: 'ID!' }, selection: '{ id payee kind party amount paid }' },
  dueList: { kind: 'query', args: { organization: 'ID!', on: 'String', project: 'ID', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { loan project status currency due principal interest dueDate daysLate bucket outstanding borrower borrowerUser } } pageInfo { hasNextPage endCursor } totalCount }' },
  feed: { kind: 'query', args: { organization: 'ID!', book: 'String!', after: 'Int', generation: 'Int', limit: 'Int' }, selection: '{ items { id book seq generation type at businessDate organization key project loan payment status currency amounts totals postings { account currency amount } erased { loans payments } } next more }' },
  funding: { kind: 'query', args: { key: 'ID!' }, selection: '{ key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } }' },
  fundings: { kind: 'query', args: { project: 'ID!', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } } } pageInfo { hasNextPage endCursor } totalCount }' },
  intent: { kind: 'query', args: { intent: 'ID!' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  intents: { kind: 'query', args: { project: 'ID!', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { id project organization investor status source amount walletAddress createdAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  investorContract: { kind: 'query', args: { intent: 'ID!' }, selection: '{ intent digest document signatures { type signer jws } interestRate }' },
  issuer: { kind: 'query', args: {}, selection: '{ did }' },
  keyFacts: { kind: 'query', args: { loan: 'ID', project: 'ID', amount: 'String', months: 'Int', language: 'String' }, selection: '{ loan project currency amount months fee deposit payout interestRate interest cost total apr isEstimate instalments { number dueDate amount principal interest } defaultAfterDays cashBack coolingOffDays digest language lines screens }' },
  lightningNode: { kind: 'query', args: {}, selection: '{ nodeId address onchainAddress canSend canReceive reserve channels { id peer capacity ours reserve usable state } balance locked { amount reason releaseHeight } }' },
  loan: { kind: 'query', args: { key: 'ID!' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
  loanContract: { kind: 'query', args: { loan: 'ID!' }, selection: '{ loan digest document signatures { type signer jws } }' },
  loanHistory: { kind: 'query', args: { key: 'ID!' }, selection: '{ seq type at businessDate amount }' },
  loans: { kind: 'query', args: { project: 'ID!', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version } } pageInfo { hasNextPage endCursor } totalCount }' },
  loansOfOrganization: { kind: 'query', args: { organization: 'ID!', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version } } pageInfo { hasNextPage endCursor } totalCount }' },
  loansOfUser: { kind: 'query', args: { user: 'ID', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version } } pageInfo { hasNextPage endCursor } totalCount }' },
  me: { kind: 'query', args: {}, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  multisig: { kind: 'query', args: { intent: 'ID!' }, selection: '{ intent address uri descriptor refundAfter refundHeight pending held releasing released refunded proof }' },
  myIntents: { kind: 'query', args: { first: 'Int', after: 'String' }, selection: '{ edges { cursor node { id project organization investor status source amount walletAddress createdAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  networkBalances: { kind: 'query', args: { project: 'ID!' }, selection: '{ network wallet purpose currency confirmed pending locked { amount reason releaseHeight } descriptors }' },
  networks: { kind: 'query', args: {}, selection: '{ network offered ok reason chain height scanned currencies }' },
  offers: { kind: 'query', args: {}, selection: '{ project name currency type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate riskDepositRate gracePeriod coolingOffDays requires missing }' },
  organization: { kind: 'query', args: { id: 'ID!' }, selection: '{ id name did timezone language connected scoring createdAt }' },
  organizations: { kind: 'query', args: { first: 'Int', after: 'String' }, selection: '{ edges { cursor node { id name did timezone language connected scoring createdAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  organizationsOf: { kind: 'query', args: { user: 'ID!' }, selection: '{ id name did timezone language connected scoring createdAt }' },
  owed: { kind: 'query', args: {}, selection: '{ loan organization project name status currency outstanding due daysLate nextAmount nextDue }' },
  payment: { kind: 'query', args: { key: 'ID!' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  paymentReceipt: { kind: 'query', args: { payment: 'ID!' }, selection: '{ payment status receipt { type signer jws } }' },
  payments: { kind: 'query', args: { loan: 'ID!', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version } } pageInfo { hasNextPage endCursor } totalCount }' },
  paymentsAt: { kind: 'query', args: { address: 'String!', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version } } pageInfo { hasNextPage endCursor } totalCount }' },
  permissions: { kind: 'query', args: {}, selection: '{ id did project verifier types status at fields }' },
  phoneChanges: { kind: 'query', args: { organization: 'ID!' }, selection: '{ id user organization phone status requestedBy approvedBy at expiresAt }' },
  portfolio: { kind: 'query', args: { project: 'ID' }, selection: '{ projects { project organization name status currency endDate asOf intent interestRate invested principalRepaid principalOutstanding principalLost yieldAccrued yieldPaid seniorCapital juniorCapital available loans { lent repaid outstanding { loans principal interest } arrears { bucket loans principal interest } par30 defaulted { loans principal interest } writtenOff { loans principal interest } completed { loans principal interest } interestEarned } } }' },
  position: { kind: 'query', args: { intent: 'ID!' }, selection: '{ intent project currency funded principalOutstanding yieldAccrued yieldPaid principalPaid asOf }' },
  previewReschedule: { kind: 'query', args: { loan: 'ID!', months: 'Int!', firstDue: 'String' }, selection: '{ loan on months principal cancelledInterest addedInterest outstandingBefore outstandingAfter instalments { number dueDate principal interest amount paid overdue } }' },
  profile: { kind: 'query', args: {}, selection: '{ profile updatedAt }' },
  project: { kind: 'query', args: { key: 'ID!' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  projectAccounts: { kind: 'query', args: { key: 'ID!' }, selection: '{ account currency balance }' },
  projectByAddress: { kind: 'query', args: { address: 'String!' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  projects: { kind: 'query', args: { organization: 'ID!', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version } } pageInfo { hasNextPage endCursor } totalCount }' },
  publicProjects: { kind: 'query', args: { first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key organization name description isInviteOnly profileUrl bannerUrl startDate endDate currency amount funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } seniorCapital juniorCapital lent repaid loanCount } } pageInfo { hasNextPage endCursor } totalCount }' },
  reconciliation: { kind: 'query', args: { organization: 'ID!' }, selection: '{ organization account { organization provider shortCode currency callback } hints { waiting unconfirmed } readUntil problem suspense { currency amount cases oldest } statement { at digest from to matched missingHere missingThere differing } }' },
  record: { kind: 'query', args: { did: 'String!' }, selection: '{ did document credentials { id type issuer organization issuedAt validUntil revoked } }' },
  statement: { kind: 'query', args: { project: 'ID', from: 'String', to: 'String' }, selection: '{ from to flows { date project projectName currency kind amount principal yield other funding } totals { currency opening funded principal yield other closing xirr } csv }' },
  suspenseList: { kind: 'query', args: { organization: 'ID!', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { payment kind rail currency amount valueDate project loan reference entered since days age reason } } pageInfo { hasNextPage endCursor } totalCount }' },
  user: { kind: 'query', args: { id: 'ID!' }, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  users: { kind: 'query', args: { organization: 'ID!', type: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { id name email phone language did status memberships { id type organization status } createdAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  webhooks: { kind: 'query', args: { organization: 'ID!' }, selection: '{ id organization url books status createdAt progress { book delivered failures failingSince nextAt lastFailure } }' },
  acceptInvitation: { kind: 'mutation', args: { intent: 'ID!', amount: 'String!', source: 'ID', walletAddress: 'String', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  activateProject: { kind: 'mutation', args: { key: 'ID!', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  addDisbursement: { kind: 'mutation', args: { loan: 'ID!', purpose: 'String', rail: 'String!', valueDate: 'String', to: 'String', currency: 'String', maxFee: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  addMember: { kind: 'mutation', args: { organization: 'ID!', type: 'String!', name: 'String!', language: 'String', email: 'String', phone: 'String', requestId: 'ID' }, selection: '{ user membership status }' },
  addProjectFunding: { kind: 'mutation', args: { key: 'ID!', source: 'FundingSourceInput!', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  addRepayment: { kind: 'mutation', args: { loan: 'ID', phone: 'String', rail: 'String!', amount: 'String!', reference: 'String', valueDate: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  addWebhook: { kind: 'mutation', args: { organization: 'ID!', url: 'String!', books: '[String!]!', from: 'String', requestId: 'ID' }, selection: '{ webhook { id organization url books status createdAt progress { book delivered failures failingSince nextAt lastFailure } } secret }' },
  answerComplaint: { kind: 'mutation', args: { number: 'String!', answer: 'String!', requestId: 'ID' }, selection: '{ number organization user loan text status answers { text at } at updatedAt }' },
  applyForLoan: { kind: 'mutation', args: { project: 'ID!', amount: 'String!', months: 'Int!', presentation: 'String', challenge: 'String', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
  approveDisbursement: { kind: 'mutation', args: { payment: 'ID!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  approveInvestor: { kind: 'mutation', args: { intent: 'ID!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  approvePhoneChange: { kind: 'mutation', args: { change: 'ID!', approve: 'Boolean!', requestId: 'ID' }, selection: '{ id user organization phone status requestedBy approvedBy at expiresAt }' },
  assignSuspense: { kind: 'mutation', args: { payment: 'ID!', loan: 'ID!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  blockUser: { kind: 'mutation', args: { id: 'ID!', organization: 'ID', requestId: 'ID' }, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  cancelDisbursement: { kind: 'mutation', args: { payment: 'ID!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  changePhone: { kind: 'mutation', args: { phone: 'String!', code: 'String!', requestId: 'ID' }, selection: '{ ok }' },
  closeChannel: { kind: 'mutation', args: { id: 'String!', force: 'Boolean', requestId: 'ID' }, selection: '{ ok }' },
  closeComplaint: { kind: 'mutation', args: { number: 'String!', settled: 'Boolean!', requestId: 'ID' }, selection: '{ number organization user loan text status answers { text at } at updatedAt }' },
  closeDay: { kind: 'mutation', args: { organization: 'ID!', requestId: 'ID' }, selection: '{ organization businessDate lastClosed closing { day loans done } }' },
  closeProject: { kind: 'mutation', args: { key: 'ID!', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  collectionList: { kind: 'mutation', args: { organization: 'ID!', project: 'ID', loans: '[ID!]', requestId: 'ID' }, selection: '{ id organization agent on validUntil dues { loan project borrower currency due dueDate verifier { algorithm n r p salt hash } } list { type signer jws } }' },
  complain: { kind: 'mutation', args: { organization: 'ID', text: 'String!', loan: 'ID', requestId: 'ID' }, selection: '{ number organization user loan text status answers { text at } at updatedAt }' },
  confirmDisbursement: { kind: 'mutation', args: { payment: 'ID!', code: 'String', reference: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  confirmHandOver: { kind: 'mutation', args: { payment: 'ID!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  confirmRepayment: { kind: 'mutation', args: { payment: 'ID!', code: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  confirmReversal: { kind: 'mutation', args: { payment: 'ID!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  confirmService: { kind: 'mutation', args: { loan: 'ID!', code: 'String!', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
  convertCoins: { kind: 'mutation', args: { project: 'ID!', rail: 'String!', to: 'String!', currency: 'String!', reference: 'String!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  createOrganization: { kind: 'mutation', args: { name: 'String!', timezone: 'String!', language: 'String', adminName: 'String!', adminEmail: 'String!', requestId: 'ID' }, selection: '{ id name did timezone language connected scoring createdAt }' },
  createProject: { kind: 'mutation', args: { organization: 'ID', name: 'String!', description: 'String', isPublic: 'Boolean', isInviteOnly: 'Boolean', profileUrl: 'String', bannerUrl: 'String', startDate: 'String!', endDate: 'String!', currency: 'String!', amount: 'String!', juniorRate: 'String', criteria: 'CriteriaInput!', loans: 'LoanTermsInput!', funding: '[FundingSourceInput!]', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  createVCPresentation: { kind: 'mutation', args: { project: 'ID!', challenge: 'String!', requestId: 'ID' }, selection: '{ presentation permission did }' },
  deactivateProject: { kind: 'mutation', args: { key: 'ID!', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  depositAddress: { kind: 'mutation', args: { project: 'ID!', rail: 'String!', purpose: 'String!', currency: 'String', amount: 'String', requestId: 'ID' }, selection: '{ rail project address invoice lightningAddress uri currency amount rate { from to rate at source } expiresAt }' },
  eraseUser: { kind: 'mutation', args: { user: 'ID!', pin: 'String', requestId: 'ID' }, selection: '{ user erased at }' },
  fund: { kind: 'mutation', args: { intent: 'ID!', amount: 'String!', reference: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } }' },
  fundJunior: { kind: 'mutation', args: { key: 'ID!', amount: 'String!', rail: 'String', reference: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  fundingAddress: { kind: 'mutation', args: { intent: 'ID!', currency: 'String', amount: 'String', requestId: 'ID' }, selection: '{ rail project address invoice lightningAddress uri currency amount rate { from to rate at source } expiresAt }' },
  getOTP: { kind: 'mutation', args: { purpose: 'String!', email: 'String', phone: 'String', requestId: 'ID' }, selection: '{ ok }' },
  getVC: { kind: 'mutation', args: { type: 'String!', organization: 'ID', requestId: 'ID' }, selection: '{ id type issuer organization issuedAt validUntil revoked }' },
  handInCollections: { kind: 'mutation', args: { list: 'String!', receipts: '[CollectedReceipt!]!', requestId: 'ID' }, selection: '{ booked { receipt loan payment repeated } conflicts { receipt loan reason } }' },
  handOverCash: { kind: 'mutation', args: { project: 'ID!', amount: 'String!', from: 'String!', to: 'String!', agent: 'ID', reference: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  importLoans: { kind: 'mutation', args: { organization: 'ID!', project: 'ID!', csv: 'String!', dryRun: 'Boolean', digest: 'String', controlTotals: 'LoanTotalsInput!', requestId: 'ID' }, selection: '{ dryRun digest rows loans known added totals { count principal interest } agrees currency faults { line column reason } }' },
  importMembers: { kind: 'mutation', args: { organization: 'ID!', csv: 'String!', dryRun: 'Boolean', digest: 'String', controlTotals: 'MemberTotals', invite: 'Boolean', requestId: 'ID' }, selection: '{ done digest rows added known faults { line column reason } }' },
  importStatement: { kind: 'mutation', args: { organization: 'ID!', csv: 'String!', dryRun: 'Boolean', digest: 'String', requestId: 'ID' }, selection: '{ digest dryRun from to counts { lines matched missingHere missingThere differing ignored booked } missingHere { line reference direction amount here valueDate payment reason } missingThere { line reference direction amount here valueDate payment reason } differing { line reference direction amount here valueDate payment reason } faults { line column reason } }' },
  inviteInvestor: { kind: 'mutation', args: { project: 'ID!', email: 'String!', name: 'String!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  issueVC: { kind: 'mutation', args: { organization: 'ID!', user: 'ID', did: 'String', type: 'String!', claims: 'JSON!', validUntil: 'String', requestId: 'ID' }, selection: '{ id type issuer organization issuedAt validUntil revoked }' },
  loginByEmail: { kind: 'mutation', args: { email: 'String!', password: 'String!', role: 'String', organization: 'ID', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  loginByPhone: { kind: 'mutation', args: { phone: 'String!', pin: 'String!', role: 'String', organization: 'ID', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  logout: { kind: 'mutation', args: { requestId: 'ID' }, selection: '{ ok }' },
  markServiceProvided: { kind: 'mutation', args: { loan: 'ID!', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
  modifyProjectParams: { kind: 'mutation', args: { key: 'ID!', startDate: 'String', endDate: 'String', amount: 'String', juniorRate: 'String', criteria: 'CriteriaInput', loans: 'LoanTermsInput', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  openChannel: { kind: 'mutation', args: { peer: 'String!', address: 'String!', capacity: 'String!', push: 'String', requestId: 'ID' }, selection: '{ id }' },
  openMultisig: { kind: 'mutation', args: { intent: 'ID!', publicKey: 'String!', refundKey: 'String!', refundAfter: 'Int', requestId: 'ID' }, selection: '{ intent address uri descriptor refundAfter refundHeight pending held releasing released refunded proof }' },
  payOriginator: { kind: 'mutation', args: { project: 'ID!', amount: 'String!', rail: 'String!', to: 'String!', currency: 'String', maxFee: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  refresh: { kind: 'mutation', args: { refreshToken: 'String!', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  refund: { kind: 'mutation', args: { intent: 'ID!', amount: 'String!', rail: 'String', reference: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } }' },
  refundMultisig: { kind: 'mutation', args: { intent: 'ID!', to: 'String!', requestId: 'ID' }, selection: '{ psbt amount fee }' },
  refundOverpayment: { kind: 'mutation', args: { loan: 'ID!', rail: 'String!', to: 'String', currency: 'String', maxFee: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  registerBorrower: { kind: 'mutation', args: { phone: 'String!', code: 'String!', pin: 'String!', language: 'String', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  registerInvestor: { kind: 'mutation', args: { email: 'String!', code: 'String!', password: 'String!', name: 'String!', language: 'String', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  registerOriginator: { kind: 'mutation', args: { code: 'String!', password: 'String', pin: 'String', email: 'String', phone: 'String', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  rejectInvestor: { kind: 'mutation', args: { intent: 'ID!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  rejectInvitation: { kind: 'mutation', args: { intent: 'ID!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  rejectReversal: { kind: 'mutation', args: { payment: 'ID!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  releaseMultisig: { kind: 'mutation', args: { intent: 'ID!', loan: 'ID!', requestId: 'ID' }, selection: '{ psbt amount fee }' },
  removeWebhook: { kind: 'mutation', args: { webhook: 'ID!', requestId: 'ID' }, selection: '{ ok }' },
  repayInvestor: { kind: 'mutation', args: { intent: 'ID!', amount: 'String!', rail: 'String!', to: 'String!', currency: 'String', maxFee: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  requestAddress: { kind: 'mutation', args: { loan: 'ID!', rail: 'String!', currency: 'String', amount: 'String', requestId: 'ID' }, selection: '{ rail project address invoice lightningAddress uri currency amount rate { from to rate at source } expiresAt }' },
  requestInvitation: { kind: 'mutation', args: { project: 'ID!', message: 'String', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  requestPaymentCode: { kind: 'mutation', args: { loan: 'ID!', amount: 'String', requestId: 'ID' }, selection: '{ loan code shortCode currency amount }' },
  requestPermission: { kind: 'mutation', args: { project: 'ID!', did: 'String', requestId: 'ID' }, selection: '{ id did project verifier types status at fields }' },
  requestPhoneChange: { kind: 'mutation', args: { user: 'ID', phone: 'String!', pin: 'String', requestId: 'ID' }, selection: '{ id user organization phone status requestedBy approvedBy at expiresAt }' },
  requestPresentation: { kind: 'mutation', args: { project: 'ID!', requestId: 'ID' }, selection: '{ challenge verifier types expiresAt }' },
  requestReversal: { kind: 'mutation', args: { payment: 'ID!', reason: 'String!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  requestScore: { kind: 'mutation', args: { organization: 'ID', permit: '[String!]', requestId: 'ID' }, selection: '{ credential score }' },
  rescheduleLoan: { kind: 'mutation', args: { loan: 'ID!', months: 'Int!', firstDue: 'String', reason: 'String!', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
  resetPIN: { kind: 'mutation', args: { phone: 'String!', code: 'String!', answer: 'String', vouch: 'String', pin: 'String!', requestId: 'ID' }, selection: '{ ok }' },
  resumeWebhook: { kind: 'mutation', args: { webhook: 'ID!', requestId: 'ID' }, selection: '{ id organization url books status createdAt progress { book delivered failures failingSince nextAt lastFailure } }' },
  returnFees: { kind: 'mutation', args: { project: 'ID!', rail: 'String!', to: 'String!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  reverseAssignment: { kind: 'mutation', args: { payment: 'ID!', reason: 'String!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  revertFunding: { kind: 'mutation', args: { key: 'ID!', reason: 'String!', requestId: 'ID' }, selection: '{ key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } }' },
  revokeVC: { kind: 'mutation', args: { credential: 'ID!', requestId: 'ID' }, selection: '{ id type issuer organization issuedAt validUntil revoked }' },
  rotateKeys: { kind: 'mutation', args: { part: 'String!', organization: 'ID', requestId: 'ID' }, selection: '{ ok }' },
  sendKeyFacts: { kind: 'mutation', args: { loan: 'ID!', requestId: 'ID' }, selection: '{ ok }' },
  setConnector: { kind: 'mutation', args: { organization: 'ID!', url: 'String', publicKey: 'JSON', requestId: 'ID' }, selection: '{ id name did timezone language connected scoring createdAt }' },
  setMobileMoney: { kind: 'mutation', args: { organization: 'ID!', provider: 'String!', shortCode: 'String!', key: 'String!', secret: 'String!', currency: 'String', requestId: 'ID' }, selection: '{ organization provider shortCode currency callback }' },
  setPIN: { kind: 'mutation', args: { present: 'String!', pin: 'String!', requestId: 'ID' }, selection: '{ ok }' },
  setScoring: { kind: 'mutation', args: { organization: 'ID!', url: 'String', publicKey: 'JSON', requestId: 'ID' }, selection: '{ id name did timezone language connected scoring createdAt }' },
  settleExchange: { kind: 'mutation', args: { project: 'ID!', reference: 'String!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits reason moved { currency amount rate at } networkId sending version }' },
  signContract: { kind: 'mutation', args: { intent: 'ID!', digest: 'String!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  signLoan: { kind: 'mutation', args: { loan: 'ID!', digest: 'String', keyFacts: 'String', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
  signMultisig: { kind: 'mutation', args: { intent: 'ID!', psbt: 'String!', requestId: 'ID' }, selection: '{ intent address uri descriptor refundAfter refundHeight pending held releasing released refunded proof }' },
  takeComplaint: { kind: 'mutation', args: { number: 'String!', requestId: 'ID' }, selection: '{ number organization user loan text status answers { text at } at updatedAt }' },
  unblockUser: { kind: 'mutation', args: { id: 'ID!', organization: 'ID', requestId: 'ID' }, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  updateProfile: { kind: 'mutation', args: { fullName: 'String', birthDate: 'String', documentNumber: 'String', gender: 'String', address: 'String', municipality: 'String', country: 'String', household: 'Int', dependants: 'Int', education: 'String', occupation: 'String', business: 'String', yearsInBusiness: 'Int', landCentiares: 'Int', crops: '[String!]', monthlyIncome: 'ProfileAmount', monthlyExpenses: 'ProfileAmount', clear: '[String!]', pin: 'String', requestId: 'ID' }, selection: '{ profile updatedAt }' },
  updateProject: { kind: 'mutation', args: { key: 'ID!', name: 'String', description: 'String', isPublic: 'Boolean', isInviteOnly: 'Boolean', profileUrl: 'String', bannerUrl: 'String', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  updateUser: { kind: 'mutation', args: { id: 'ID!', name: 'String', language: 'String', password: 'String', presentPassword: 'String', requestId: 'ID' }, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  validateOTP: { kind: 'mutation', args: { purpose: 'String!', code: 'String!', email: 'String', phone: 'String', requestId: 'ID' }, selection: '{ valid }' },
  validatePIN: { kind: 'mutation', args: { pin: 'String!', requestId: 'ID' }, selection: '{ valid }' },
  validateVC: { kind: 'mutation', args: { project: 'ID!', challenge: 'String!', presentation: 'String!', requestId: 'ID' }, selection: '{ verdict checks { id check verdict code } holder digest verifier result { type signer jws } refusal }' },
  vouch: { kind: 'mutation', args: { user: 'ID!', requestId: 'ID' }, selection: '{ code expiresAt }' },
  waiveCoolingOff: { kind: 'mutation', args: { loan: 'ID!', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
  withdrawJunior: { kind: 'mutation', args: { key: 'ID!', amount: 'String!', rail: 'String', reference: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays coolingOffDays approvalAbove debtCeiling } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  withdrawLoan: { kind: 'mutation', args: { loan: 'ID!', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
  withdrawPermission: { kind: 'mutation', args: { permission: 'ID!', requestId: 'ID' }, selection: '{ id did project verifier types status at fields }' },
  writeOffLoan: { kind: 'mutation', args: { loan: 'ID!', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier coolingOffUntil coolingOffWaived keyFactsRequired payoutNeedsApproval service defaultedOn writtenOff recovered reschedules imported version }' },
} as const satisfies Readonly<Record<string, Operation>>

export interface Operations {
  readonly arrearsList: { readonly args: { readonly organization: string; readonly project?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: Arrears }
  readonly businessDay: { readonly args: { readonly organization: string }; readonly result: BusinessDay }
  /** The cash that agents hold; an agent sees the own. */
  readonly cashFloats: { readonly args: { readonly organization: string; readonly agent?: string | null | undefined }; readonly result: readonly CashFloat[] }
  readonly complaint: { readonly args: { readonly number: string }; readonly result: Complaint }
  /** The complaints to an organization, or a borrower's own. */
  readonly complaints: { readonly args: { readonly organization?: string | null | undefined; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: ComplaintConnection }
  /** The types of credential, what each says, and whether the own organization's system could confirm it. */
  readonly credentialTypes: { readonly args: {}; readonly result: readonly CredentialType[] }
  /** The own credentials, with their claims. */
  readonly credentials: { readonly args: {}; readonly result: readonly OwnCredential[] }
  /** The public projects that are open, narrowed by the filters. */
  readonly directory: { readonly args: { readonly words?: string | null | undefined; readonly currency?: string | null | undefined; readonly organization?: string | null | undefined; readonly fundingType?: string | null | undefined; readonly minRate?: string | null | undefined; readonly invests?: string | null | undefined; readonly endsBy?: string | null | undefined; readonly openOnly?: boolean | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: DirectoryConnection }
  /** What closing the project today would pay to whom. */
  readonly distributionPreview: { readonly args: { readonly key: string }; readonly result: readonly Payable[] }
  /** What is due by a day in an organization, the oldest first. */
  readonly dueList: { readonly args: { readonly organization: string; readonly on?: string | null | undefined; readonly project?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: DueConnection }
  /** What happened in a book (project, loan, funding, payment, erasures) after a cursor, in order, in the form of the webhooks. */
  readonly feed: { readonly args: { readonly organization: string; readonly book: string; readonly after?: number | null | undefined; readonly generation?: number | null | undefined; readonly limit?: number | null | undefined }; readonly result: FeedPage }
  readonly funding: { readonly args: { readonly key: string }; readonly result: Funding }
  readonly fundings: { readonly args: { readonly project: string; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: FundingConnection }
  readonly intent: { readonly args: { readonly intent: string }; readonly result: Intent }
  readonly intents: { readonly args: { readonly project: string; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: IntentConnection }
  readonly investorContract: { readonly args: { readonly intent: string }; readonly result: InvestorContract }
  /** The node's issuer, which a project's criteria trust in pair with an organization. */
  readonly issuer: { readonly args: {}; readonly result: Issuer }
  /** The key facts of a loan, or of one that a project would offer. */
  readonly keyFacts: { readonly args: { readonly loan?: string | null | undefined; readonly project?: string | null | undefined; readonly amount?: string | null | undefined; readonly months?: number | null | undefined; readonly language?: string | null | undefined }; readonly result: KeyFacts }
  /** The Lightning node, for its operator. */
  readonly lightningNode: { readonly args: {}; readonly result: LightningNode }
  readonly loan: { readonly args: { readonly key: string }; readonly result: Loan }
  readonly loanContract: { readonly args: { readonly loan: string }; readonly result: LoanContract }
  readonly loanHistory: { readonly args: { readonly key: string }; readonly result: readonly LoanEvent[] }
  readonly loans: { readonly args: { readonly project: string; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: LoanConnection }
  readonly loansOfOrganization: { readonly args: { readonly organization: string; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: LoanConnection }
  readonly loansOfUser: { readonly args: { readonly user?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: LoanConnection }
  readonly me: { readonly args: {}; readonly result: User }
  /** What of an investor's multi-signature deposit is where, and from which height it can be taken back. */
  readonly multisig: { readonly args: { readonly intent: string }; readonly result: Multisig }
  readonly myIntents: { readonly args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: IntentConnection }
  /** What a project's wallets hold by the networks themselves. */
  readonly networkBalances: { readonly args: { readonly project: string }; readonly result: readonly NetworkBalance[] }
  /** Which payment networks this node has, and up to where they were looked at. */
  readonly networks: { readonly args: {}; readonly result: readonly NetworkState[] }
  /** Which projects lend to the signed-in borrower now, and which credentials are still missing. */
  readonly offers: { readonly args: {}; readonly result: readonly Offer[] }
  readonly organization: { readonly args: { readonly id: string }; readonly result: Organization }
  readonly organizations: { readonly args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: OrganizationConnection }
  /** The organizations in which a user has a part. */
  readonly organizationsOf: { readonly args: { readonly user: string }; readonly result: readonly Organization[] }
  /** What the signed-in borrower owes and when. */
  readonly owed: { readonly args: {}; readonly result: readonly Owed[] }
  readonly payment: { readonly args: { readonly key: string }; readonly result: Payment }
  readonly paymentReceipt: { readonly args: { readonly payment: string }; readonly result: PaymentReceipt }
  readonly payments: { readonly args: { readonly loan: string; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: PaymentConnection }
  readonly paymentsAt: { readonly args: { readonly address: string; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: PaymentConnection }
  readonly permissions: { readonly args: {}; readonly result: readonly Permission[] }
  /** Changes of phone that wait, for an approval or for the person. */
  readonly phoneChanges: { readonly args: { readonly organization: string }; readonly result: readonly PhoneChange[] }
  /** What the own capital reached, project by project. The same comes live from GET /live/portfolio. */
  readonly portfolio: { readonly args: { readonly project?: string | null | undefined }; readonly result: Portfolio }
  /** Live: what an investor's money does, without anything that leads to a borrower. */
  readonly position: { readonly args: { readonly intent: string }; readonly result: Position }
  readonly previewReschedule: { readonly args: { readonly loan: string; readonly months: number; readonly firstDue?: string | null | undefined }; readonly result: Reschedule }
  /** What the borrower said of herself; nobody else reads it. */
  readonly profile: { readonly args: {}; readonly result: OwnProfile }
  readonly project: { readonly args: { readonly key: string }; readonly result: Project }
  /** The balance of each account of a project over all books; a debit is positive. */
  readonly projectAccounts: { readonly args: { readonly key: string }; readonly result: readonly Account[] }
  readonly projectByAddress: { readonly args: { readonly address: string }; readonly result: Project | null }
  readonly projects: { readonly args: { readonly organization: string; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: ProjectConnection }
  readonly publicProjects: { readonly args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: PublicProjectConnection }
  /** How the book and the provider of mobile money stand to each other. */
  readonly reconciliation: { readonly args: { readonly organization: string }; readonly result: Reconciliation }
  /** The DID document and the list of credentials of a record; no claim is in it. */
  readonly record: { readonly args: { readonly did: string }; readonly result: CredentialRecord }
  /** The own cash flows with their return, and as CSV. */
  readonly statement: { readonly args: { readonly project?: string | null | undefined; readonly from?: string | null | undefined; readonly to?: string | null | undefined }; readonly result: Statement }
  /** Money that matched nothing or that its loan did not take, the oldest first. */
  readonly suspenseList: { readonly args: { readonly organization: string; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: SuspenseConnection }
  readonly user: { readonly args: { readonly id: string }; readonly result: User }
  readonly users: { readonly args: { readonly organization: string; readonly type?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: UserConnection }
  /** The organization's webhooks, how far each has come and what does not get through. */
  readonly webhooks: { readonly args: { readonly organization: string }; readonly result: readonly Webhook[] }
  readonly acceptInvitation: { readonly args: { readonly intent: string; readonly amount: string; readonly source?: string | null | undefined; readonly walletAddress?: string | null | undefined }; readonly result: Intent }
  readonly activateProject: { readonly args: { readonly key: string }; readonly result: Project }
  /** purpose: LOAN (the payout), REWARD or DEPOSIT (of a project that was wound up); rail: BANK, CASH, MOBILE, or a network: BITCOIN, LIGHTNING, ROOTSTOCK, then to: where to */
  readonly addDisbursement: { readonly args: { readonly loan: string; readonly purpose?: string | null | undefined; readonly rail: string; readonly valueDate?: string | null | undefined; readonly to?: string | null | undefined; readonly currency?: string | null | undefined; readonly maxFee?: string | null | undefined }; readonly result: Payment }
  /** Invites a person: an admin by e-mail, an agent or a borrower by phone. An agent invites borrowers only. */
  readonly addMember: { readonly args: { readonly organization: string; readonly type: string; readonly name: string; readonly language?: string | null | undefined; readonly email?: string | null | undefined; readonly phone?: string | null | undefined }; readonly result: Member }
  readonly addProjectFunding: { readonly args: { readonly key: string; readonly source: FundingSourceInput }; readonly result: Project }
  readonly addRepayment: { readonly args: { readonly loan?: string | null | undefined; readonly phone?: string | null | undefined; readonly rail: string; readonly amount: string; readonly reference?: string | null | undefined; readonly valueDate?: string | null | undefined }; readonly result: Payment }
  /** Has what happens in these books sent to an address, signed, from NOW on or from the START. The secret is shown in this answer only. */
  readonly addWebhook: { readonly args: { readonly organization: string; readonly url: string; readonly books: readonly string[]; readonly from?: string | null | undefined }; readonly result: NewWebhook }
  readonly answerComplaint: { readonly args: { readonly number: string; readonly answer: string }; readonly result: Complaint }
  readonly applyForLoan: { readonly args: { readonly project: string; readonly amount: string; readonly months: number; readonly presentation?: string | null | undefined; readonly challenge?: string | null | undefined }; readonly result: Loan }
  /** The second person's, for a payout above the project's limit. */
  readonly approveDisbursement: { readonly args: { readonly payment: string }; readonly result: Payment }
  readonly approveInvestor: { readonly args: { readonly intent: string }; readonly result: Intent }
  readonly approvePhoneChange: { readonly args: { readonly change: string; readonly approve: boolean }; readonly result: PhoneChange }
  readonly assignSuspense: { readonly args: { readonly payment: string; readonly loan: string }; readonly result: Payment }
  /** Suspends at once: an admin the membership in the own organization, the operator anyone. */
  readonly blockUser: { readonly args: { readonly id: string; readonly organization?: string | null | undefined }; readonly result: User }
  readonly cancelDisbursement: { readonly args: { readonly payment: string }; readonly result: Payment }
  /** By the code that the new number got. The PIN stays as it was. */
  readonly changePhone: { readonly args: { readonly phone: string; readonly code: string }; readonly result: Done }
  readonly closeChannel: { readonly args: { readonly id: string; readonly force?: boolean | null | undefined }; readonly result: Done }
  /** Who complained says whether the answer settles it; if not, the complaint is open again. */
  readonly closeComplaint: { readonly args: { readonly number: string; readonly settled: boolean }; readonly result: Complaint }
  readonly closeDay: { readonly args: { readonly organization: string }; readonly result: BusinessDay }
  /** Winds the project up: shares its balance out. It is CLOSED when the last share is paid. */
  readonly closeProject: { readonly args: { readonly key: string }; readonly result: Project }
  /** An agent's signed list of the day's dues; each borrower on it is sent a code. */
  readonly collectionList: { readonly args: { readonly organization: string; readonly project?: string | null | undefined; readonly loans?: readonly string[] | null | undefined }; readonly result: CollectionList }
  /** A complaint to an organization; its number comes by SMS too. */
  readonly complain: { readonly args: { readonly organization?: string | null | undefined; readonly text: string; readonly loan?: string | null | undefined }; readonly result: Complaint }
  readonly confirmDisbursement: { readonly args: { readonly payment: string; readonly code?: string | null | undefined; readonly reference?: string | null | undefined }; readonly result: Payment }
  readonly confirmHandOver: { readonly args: { readonly payment: string }; readonly result: Payment }
  readonly confirmRepayment: { readonly args: { readonly payment: string; readonly code?: string | null | undefined }; readonly result: Payment }
  /** By somebody else than who asked. */
  readonly confirmReversal: { readonly args: { readonly payment: string }; readonly result: Payment }
  readonly confirmService: { readonly args: { readonly loan: string; readonly code: string }; readonly result: Loan }
  /** The originator takes all coins of another currency and pays what they were booked at into the project's bank account. */
  readonly convertCoins: { readonly args: { readonly project: string; readonly rail: string; readonly to: string; readonly currency: string; readonly reference: string }; readonly result: Payment }
  /** Creates an organization with a DID of its own and invites its first originator admin. */
  readonly createOrganization: { readonly args: { readonly name: string; readonly timezone: string; readonly language?: string | null | undefined; readonly adminName: string; readonly adminEmail: string }; readonly result: Organization }
  readonly createProject: { readonly args: { readonly organization?: string | null | undefined; readonly name: string; readonly description?: string | null | undefined; readonly isPublic?: boolean | null | undefined; readonly isInviteOnly?: boolean | null | undefined; readonly profileUrl?: string | null | undefined; readonly bannerUrl?: string | null | undefined; readonly startDate: string; readonly endDate: string; readonly currency: string; readonly amount: string; readonly juniorRate?: string | null | undefined; readonly criteria: CriteriaInput; readonly loans: LoanTermsInput; readonly funding?: readonly FundingSourceInput[] | null | undefined }; readonly result: Project }
  /** Presents what a project requires, and only that, to its verifier for one challenge. */
  readonly createVCPresentation: { readonly args: { readonly project: string; readonly challenge: string }; readonly result: Presentation }
  readonly deactivateProject: { readonly args: { readonly key: string }; readonly result: Project }
  /** Where the originator pays junior capital (JUNIOR), or gives back network fees (FEES). */
  readonly depositAddress: { readonly args: { readonly project: string; readonly rail: string; readonly purpose: string; readonly currency?: string | null | undefined; readonly amount?: string | null | undefined }; readonly result: PayTo }
  /** Erases a person for good; refused while something is owed. The person herself gives the PIN. */
  readonly eraseUser: { readonly args: { readonly user: string; readonly pin?: string | null | undefined }; readonly result: Erasure }
  readonly fund: { readonly args: { readonly intent: string; readonly amount: string; readonly reference: string; readonly valueDate?: string | null | undefined }; readonly result: Funding }
  readonly fundJunior: { readonly args: { readonly key: string; readonly amount: string; readonly rail?: string | null | undefined; readonly reference: string; readonly valueDate?: string | null | undefined }; readonly result: Project }
  /** Where an investor with a signed contract pays. */
  readonly fundingAddress: { readonly args: { readonly intent: string; readonly currency?: string | null | undefined; readonly amount?: string | null | undefined }; readonly result: PayTo }
  /** Sends a one-time code. The answer is the same whether anybody has that address. Purposes: REGISTER, REGISTER_INVESTOR, RESET_PIN. */
  readonly getOTP: { readonly args: { readonly purpose: string; readonly email?: string | null | undefined; readonly phone?: string | null | undefined }; readonly result: Done }
  /** Requests a credential: the organization's system confirms the data, the node issues, the record keeps it. */
  readonly getVC: { readonly args: { readonly type: string; readonly organization?: string | null | undefined }; readonly result: Credential }
  readonly handInCollections: { readonly args: { readonly list: string; readonly receipts: readonly CollectedReceipt[] }; readonly result: HandIn }
  /** from and to: AGENT, OFFICE, BANK or MOBILE */
  readonly handOverCash: { readonly args: { readonly project: string; readonly amount: string; readonly from: string; readonly to: string; readonly agent?: string | null | undefined; readonly reference?: string | null | undefined }; readonly result: Payment }
  /** Open loans from former books. A dry run comes first; the real run takes the digest of its report. */
  readonly importLoans: { readonly args: { readonly organization: string; readonly project: string; readonly csv: string; readonly dryRun?: boolean | null | undefined; readonly digest?: string | null | undefined; readonly controlTotals: LoanTotalsInput }; readonly result: LoanImport }
  /** Takes borrowers over from CSV (number, name, phone; language): a dry run first, whose digest the real run takes. */
  readonly importMembers: { readonly args: { readonly organization: string; readonly csv: string; readonly dryRun?: boolean | null | undefined; readonly digest?: string | null | undefined; readonly controlTotals?: MemberTotals | null | undefined; readonly invite?: boolean | null | undefined }; readonly result: MemberImport }
  /** The provider's statement as CSV: a dry run unless dryRun is false and digest is that of the dry run. */
  readonly importStatement: { readonly args: { readonly organization: string; readonly csv: string; readonly dryRun?: boolean | null | undefined; readonly digest?: string | null | undefined }; readonly result: StatementReport }
  readonly inviteInvestor: { readonly args: { readonly project: string; readonly email: string; readonly name: string }; readonly result: Intent }
  /** Issues a credential about a borrower of the organization (user or did) and puts it into the borrower's record. */
  readonly issueVC: { readonly args: { readonly organization: string; readonly user?: string | null | undefined; readonly did?: string | null | undefined; readonly type: string; readonly claims: unknown; readonly validUntil?: string | null | undefined }; readonly result: Credential }
  /** With several memberships, role and organization say which one is meant. */
  readonly loginByEmail: { readonly args: { readonly email: string; readonly password: string; readonly role?: string | null | undefined; readonly organization?: string | null | undefined }; readonly result: Session }
  readonly loginByPhone: { readonly args: { readonly phone: string; readonly pin: string; readonly role?: string | null | undefined; readonly organization?: string | null | undefined }; readonly result: Session }
  readonly logout: { readonly args: {}; readonly result: Done }
  readonly markServiceProvided: { readonly args: { readonly loan: string }; readonly result: Loan }
  readonly modifyProjectParams: { readonly args: { readonly key: string; readonly startDate?: string | null | undefined; readonly endDate?: string | null | undefined; readonly amount?: string | null | undefined; readonly juniorRate?: string | null | undefined; readonly criteria?: CriteriaInput | null | undefined; readonly loans?: LoanTermsInput | null | undefined }; readonly result: Project }
  /** Opens a Lightning channel out of the node's own on-chain money. */
  readonly openChannel: { readonly args: { readonly peer: string; readonly address: string; readonly capacity: string; readonly push?: string | null | undefined }; readonly result: OpenedChannel }
  /** Where an investor with a signed contract of a MULTISIG source pays: released by investor and originator together, or taken back by the investor alone after so many blocks. */
  readonly openMultisig: { readonly args: { readonly intent: string; readonly publicKey: string; readonly refundKey: string; readonly refundAfter?: number | null | undefined }; readonly result: Multisig }
  /** Pays the originator over a network; what the project advanced for fees is set off. */
  readonly payOriginator: { readonly args: { readonly project: string; readonly amount: string; readonly rail: string; readonly to: string; readonly currency?: string | null | undefined; readonly maxFee?: string | null | undefined }; readonly result: Payment }
  /** The refresh token is used up; one used twice ends its session. */
  readonly refresh: { readonly args: { readonly refreshToken: string }; readonly result: Session }
  readonly refund: { readonly args: { readonly intent: string; readonly amount: string; readonly rail?: string | null | undefined; readonly reference: string; readonly valueDate?: string | null | undefined }; readonly result: Funding }
  /** With what the investor takes back what has lain long enough. */
  readonly refundMultisig: { readonly args: { readonly intent: string; readonly to: string }; readonly result: MultisigDraft }
  readonly refundOverpayment: { readonly args: { readonly loan: string; readonly rail: string; readonly to?: string | null | undefined; readonly currency?: string | null | undefined; readonly maxFee?: string | null | undefined }; readonly result: Payment }
  readonly registerBorrower: { readonly args: { readonly phone: string; readonly code: string; readonly pin: string; readonly language?: string | null | undefined }; readonly result: Session }
  readonly registerInvestor: { readonly args: { readonly email: string; readonly code: string; readonly password: string; readonly name: string; readonly language?: string | null | undefined }; readonly result: Session }
  /** An invited admin or operator registers by e-mail, code and password; an agent by phone, code and PIN. */
  readonly registerOriginator: { readonly args: { readonly code: string; readonly password?: string | null | undefined; readonly pin?: string | null | undefined; readonly email?: string | null | undefined; readonly phone?: string | null | undefined }; readonly result: Session }
  readonly rejectInvestor: { readonly args: { readonly intent: string }; readonly result: Intent }
  readonly rejectInvitation: { readonly args: { readonly intent: string }; readonly result: Intent }
  readonly rejectReversal: { readonly args: { readonly payment: string }; readonly result: Payment }
  /** The originator releases a deposit upon a signed loan agreement; the investor signs what comes back. */
  readonly releaseMultisig: { readonly args: { readonly intent: string; readonly loan: string }; readonly result: MultisigDraft }
  readonly removeWebhook: { readonly args: { readonly webhook: string }; readonly result: Done }
  /** Repays an investor over a network; booked when the network confirms it. */
  readonly repayInvestor: { readonly args: { readonly intent: string; readonly amount: string; readonly rail: string; readonly to: string; readonly currency?: string | null | undefined; readonly maxFee?: string | null | undefined }; readonly result: Payment }
  /** Where a borrower repays over BITCOIN, LIGHTNING or ROOTSTOCK: an address or an invoice for this repayment alone. */
  readonly requestAddress: { readonly args: { readonly loan: string; readonly rail: string; readonly currency?: string | null | undefined; readonly amount?: string | null | undefined }; readonly result: PayTo }
  readonly requestInvitation: { readonly args: { readonly project: string; readonly message?: string | null | undefined }; readonly result: Intent }
  /** The code that a borrower enters as the account, also sent by SMS. */
  readonly requestPaymentCode: { readonly args: { readonly loan: string; readonly amount?: string | null | undefined }; readonly result: PaymentCode }
  /** Asks the owner, or, in the owner's own session, grants that a project's verifier sees what the project requires. */
  readonly requestPermission: { readonly args: { readonly project: string; readonly did?: string | null | undefined }; readonly result: Permission }
  /** Asks for another number: the person by the PIN, or staff for one who lost the old number; then another admin approves. */
  readonly requestPhoneChange: { readonly args: { readonly user?: string | null | undefined; readonly phone: string; readonly pin?: string | null | undefined }; readonly result: PhoneChange }
  /** A challenge for one use, and what the project requires. */
  readonly requestPresentation: { readonly args: { readonly project: string }; readonly result: PresentationRequest }
  readonly requestReversal: { readonly args: { readonly payment: string; readonly reason: string }; readonly result: Payment }
  /** Has the organization's scoring system look at those parts of the profile that are permitted; its answer becomes a FinancialHealth credential. */
  readonly requestScore: { readonly args: { readonly organization?: string | null | undefined; readonly permit?: readonly string[] | null | undefined }; readonly result: Score }
  /** The reason is HARVEST, ILLNESS, INCOME, DISASTER or AGREED. */
  readonly rescheduleLoan: { readonly args: { readonly loan: string; readonly months: number; readonly firstDue?: string | null | undefined; readonly reason: string }; readonly result: Loan }
  /** A new PIN for a forgotten one: the code sent to the phone, and either the number of the identity document in the profile or a code of staff who saw the person. */
  readonly resetPIN: { readonly args: { readonly phone: string; readonly code: string; readonly answer?: string | null | undefined; readonly vouch?: string | null | undefined; readonly pin: string }; readonly result: Done }
  /** Switches a webhook on again, or tries at once what waits; it goes on where it stopped. */
  readonly resumeWebhook: { readonly args: { readonly webhook: string }; readonly result: Webhook }
  /** Returns to the originator what is left of its deposits for network fees. */
  readonly returnFees: { readonly args: { readonly project: string; readonly rail: string; readonly to: string }; readonly result: Payment }
  readonly reverseAssignment: { readonly args: { readonly payment: string; readonly reason: string }; readonly result: Payment }
  readonly revertFunding: { readonly args: { readonly key: string; readonly reason: string }; readonly result: Funding }
  readonly revokeVC: { readonly args: { readonly credential: string }; readonly result: Credential }
  /** A new key; what earlier ones signed stays good. Parts: ACCESS_TOKENS, ISSUER, VERIFIER, ORGANIZATION. */
  readonly rotateKeys: { readonly args: { readonly part: string; readonly organization?: string | null | undefined }; readonly result: Done }
  readonly sendKeyFacts: { readonly args: { readonly loan: string }; readonly result: Done }
  /** Connects the organization's own system, which confirms borrowers' data; without a url it disconnects it. */
  readonly setConnector: { readonly args: { readonly organization: string; readonly url?: string | null | undefined; readonly publicKey?: unknown | undefined }; readonly result: Organization }
  /** Connects the organization's account at a provider of mobile money (daraja). */
  readonly setMobileMoney: { readonly args: { readonly organization: string; readonly provider: string; readonly shortCode: string; readonly key: string; readonly secret: string; readonly currency?: string | null | undefined }; readonly result: MobileAccount }
  readonly setPIN: { readonly args: { readonly present: string; readonly pin: string }; readonly result: Done }
  /** Connects the organization's scoring system, which is sent what borrowers permit; without a url it disconnects it. */
  readonly setScoring: { readonly args: { readonly organization: string; readonly url?: string | null | undefined; readonly publicKey?: unknown | undefined }; readonly result: Organization }
  /** What exchanges lost or gained, once no coins are left: the originator pays it into the bank account, or takes it from there. */
  readonly settleExchange: { readonly args: { readonly project: string; readonly reference: string }; readonly result: Payment }
  readonly signContract: { readonly args: { readonly intent: string; readonly digest: string }; readonly result: Intent }
  readonly signLoan: { readonly args: { readonly loan: string; readonly digest?: string | null | undefined; readonly keyFacts?: string | null | undefined }; readonly result: Loan }
  /** Takes the release or refund as the investor's wallet signed it, and sends it. */
  readonly signMultisig: { readonly args: { readonly intent: string; readonly psbt: string }; readonly result: Multisig }
  readonly takeComplaint: { readonly args: { readonly number: string }; readonly result: Complaint }
  readonly unblockUser: { readonly args: { readonly id: string; readonly organization?: string | null | undefined }; readonly result: User }
  /** Changes parts of the own profile; `clear` names those to take out. */
  readonly updateProfile: { readonly args: { readonly fullName?: string | null | undefined; readonly birthDate?: string | null | undefined; readonly documentNumber?: string | null | undefined; readonly gender?: string | null | undefined; readonly address?: string | null | undefined; readonly municipality?: string | null | undefined; readonly country?: string | null | undefined; readonly household?: number | null | undefined; readonly dependants?: number | null | undefined; readonly education?: string | null | undefined; readonly occupation?: string | null | undefined; readonly business?: string | null | undefined; readonly yearsInBusiness?: number | null | undefined; readonly landCentiares?: number | null | undefined; readonly crops?: readonly string[] | null | undefined; readonly monthlyIncome?: ProfileAmount | null | undefined; readonly monthlyExpenses?: ProfileAmount | null | undefined; readonly clear?: readonly string[] | null | undefined; readonly pin?: string | null | undefined }; readonly result: OwnProfile }
  readonly updateProject: { readonly args: { readonly key: string; readonly name?: string | null | undefined; readonly description?: string | null | undefined; readonly isPublic?: boolean | null | undefined; readonly isInviteOnly?: boolean | null | undefined; readonly profileUrl?: string | null | undefined; readonly bannerUrl?: string | null | undefined }; readonly result: Project }
  readonly updateUser: { readonly args: { readonly id: string; readonly name?: string | null | undefined; readonly language?: string | null | undefined; readonly password?: string | null | undefined; readonly presentPassword?: string | null | undefined }; readonly result: User }
  readonly validateOTP: { readonly args: { readonly purpose: string; readonly code: string; readonly email?: string | null | undefined; readonly phone?: string | null | undefined }; readonly result: Valid }
  readonly validatePIN: { readonly args: { readonly pin: string }; readonly result: Valid }
  /** Verifies a presentation against a project's criteria and lists each check. */
  readonly validateVC: { readonly args: { readonly project: string; readonly challenge: string; readonly presentation: string }; readonly result: Verification }
  /** Staff who have the person before them give a code for resetPIN. */
  readonly vouch: { readonly args: { readonly user: string }; readonly result: Vouch }
  readonly waiveCoolingOff: { readonly args: { readonly loan: string }; readonly result: Loan }
  readonly withdrawJunior: { readonly args: { readonly key: string; readonly amount: string; readonly rail?: string | null | undefined; readonly reference: string; readonly valueDate?: string | null | undefined }; readonly result: Project }
  /** The borrower withdraws before the payout. */
  readonly withdrawLoan: { readonly args: { readonly loan: string }; readonly result: Loan }
  readonly withdrawPermission: { readonly args: { readonly permission: string }; readonly result: Permission }
  readonly writeOffLoan: { readonly args: { readonly loan: string }; readonly result: Loan }
}

export interface Account {
  readonly account: string
  readonly currency: string
  readonly balance: string
}

export interface Arrears {
  readonly organization: string
  readonly on: string
  readonly buckets: readonly ArrearsBucket[]
  readonly list: DueConnection
}

export interface ArrearsBucket {
  readonly currency: string
  readonly bucket: string
  readonly loans: number
  readonly principal: string
}

export interface ArrearsLine {
  /** CURRENT, 1-30, 31-60, 61-90 or OVER_90 */
  readonly bucket: string
  readonly loans: number
  readonly principal: string
  readonly interest: string
}

export interface BookedReceipt {
  readonly receipt: string
  readonly loan: string
  readonly payment: string
  readonly repeated: boolean
}

export interface BusinessDay {
  readonly organization: string
  readonly businessDate: string
  readonly lastClosed: string | null
  /** The day that is being closed, and how far that is. */
  readonly closing: DayClosing | null
}

export interface CashFloat {
  readonly agent: string
  readonly project: string
  readonly currency: string
  readonly amount: string
}

export interface CashFlow {
  readonly date: string
  readonly project: string
  readonly projectName: string
  readonly currency: string
  /** FUNDED or REPAID */
  readonly kind: string
  readonly amount: string
  readonly principal: string
  readonly yield: string
  readonly other: string
  readonly funding: string
}

export interface Check {
  /** Where to show it, such as checks.KYC. */
  readonly id: string
  /** What was looked at, such as credential.signature. */
  readonly check: string
  readonly verdict: string
  readonly code: string | null
}

/** By what a borrower's code is known where there is no connection: scrypt. */
export interface CodeVerifier {
  readonly algorithm: string
  readonly n: number
  readonly r: number
  readonly p: number
  readonly salt: string
  readonly hash: string
}

export interface CollectedReceipt {
  /** The name that the agent's device gave it. */
  readonly receipt: string
  readonly loan: string
  readonly amount: string
  /** The borrower's. */
  readonly code: string
  readonly on: string
}

export interface CollectionDue {
  readonly loan: string
  readonly project: string
  readonly borrower: string
  readonly currency: string
  readonly due: string
  readonly dueDate: string | null
  readonly verifier: CodeVerifier | null
}

export interface CollectionList {
  readonly id: string
  readonly organization: string
  readonly agent: string
  readonly on: string
  readonly validUntil: string
  readonly dues: readonly CollectionDue[]
  /** The list as it is signed: the device keeps this, and hands it in. */
  readonly list: SignedDocument
}

export interface Complaint {
  /** Eight digits. */
  readonly number: string
  readonly organization: string
  readonly user: string
  readonly loan: string | null
  readonly text: string | null
  /** OPEN, IN_PROGRESS, ANSWERED or CLOSED. */
  readonly status: string
  readonly answers: readonly ComplaintAnswer[]
  readonly at: string
  readonly updatedAt: string
}

export interface ComplaintAnswer {
  readonly text: string
  readonly at: string
}

export interface ComplaintConnection {
  readonly edges: readonly ComplaintEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface ComplaintEdge {
  readonly cursor: string
  readonly node: Complaint
}

export interface ConflictingReceipt {
  readonly receipt: string
  readonly loan: string
  readonly reason: string
}

export interface Credential {
  readonly id: string
  readonly type: string
  readonly issuer: string
  readonly organization: string
  readonly issuedAt: string
  readonly validUntil: string
  readonly revoked: boolean
}

export interface CredentialRecord {
  readonly did: string
  readonly document: unknown
  readonly credentials: readonly Credential[]
}

export interface CredentialType {
  readonly type: string
  readonly title: string
  readonly required: readonly string[]
  readonly claims: readonly string[]
  readonly available: boolean
}

export interface Criteria {
  readonly required: readonly string[]
  readonly trusted: readonly TrustedPair[]
  readonly rules: unknown
}

export interface CriteriaInput {
  readonly required: readonly string[]
  readonly trusted: readonly TrustedPairInput[]
  readonly rules?: unknown | undefined
}

export interface DayClosing {
  readonly day: string
  readonly loans: number
  readonly done: number
}

export interface DirectoryConnection {
  readonly edges: readonly DirectoryEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface DirectoryEdge {
  readonly cursor: string
  readonly node: DirectoryProject
}

export interface DirectoryProject {
  readonly key: string
  readonly organization: string
  readonly organizationName: string
  readonly name: string
  readonly description: string
  readonly isInviteOnly: boolean
  readonly profileUrl: string | null
  readonly bannerUrl: string | null
  readonly startDate: string
  readonly endDate: string
  readonly currency: string
  readonly amount: string
  readonly terms: LoanTerms
  readonly funding: readonly FundingSource[]
  readonly seniorCapital: string
  readonly juniorCapital: string
  /** Senior capital that the leverage still leaves room for. */
  readonly room: string
  readonly loanCount: number
  readonly loans: LoanBook
}

/** It is done. */
export interface Done {
  readonly ok: boolean
}

export interface Due {
  readonly loan: string
  readonly project: string
  readonly status: string
  readonly currency: string
  readonly due: string
  readonly principal: string
  readonly interest: string
  readonly dueDate: string
  readonly daysLate: number
  /** CURRENT, DAYS_1_30, DAYS_31_60, DAYS_61_90 or DAYS_OVER_90 */
  readonly bucket: string
  readonly outstanding: string
  readonly borrower: string | null
  readonly borrowerUser: string | null
}

export interface DueConnection {
  readonly edges: readonly DueEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface DueEdge {
  readonly cursor: string
  readonly node: Due
}

export interface ErasedRecords {
  readonly loans: readonly string[]
  readonly payments: readonly string[]
}

export interface Erasure {
  readonly user: string
  readonly erased: boolean
  readonly at: string
}

/** What happened, as in a webhook; nothing in it leads to a person. */
export interface FeedItem {
  readonly id: string
  readonly book: string
  readonly seq: number
  /** How often the node had been restored when it was written; goes with the cursor. */
  readonly generation: number
  readonly type: string
  readonly at: string
  readonly businessDate: string
  readonly organization: string
  readonly key: string
  readonly project: string | null
  readonly loan: string | null
  readonly payment: string | null
  readonly status: string | null
  readonly currency: string | null
  /** Amounts of the event by name, as decimal strings. */
  readonly amounts: unknown
  /** Amounts of the record after it by name, as decimal strings. */
  readonly totals: unknown
  readonly postings: readonly FeedPosting[]
  readonly erased: ErasedRecords | null
}

export interface FeedPage {
  readonly items: readonly FeedItem[]
  /** The cursor for the next page. */
  readonly next: number
  readonly more: boolean
}

export interface FeedPosting {
  readonly account: string
  readonly currency: string
  /** Debit positive. */
  readonly amount: string
}

export interface Funding {
  readonly key: string
  readonly project: string
  readonly organization: string
  readonly tranche: string
  readonly type: string
  readonly paymentType: string
  readonly status: string
  readonly currency: string
  readonly amount: string
  readonly yield: string
  readonly principal: string
  readonly valueDate: string
  readonly intent: string | null
  readonly investor: string | null
  readonly reference: string | null
  readonly receipt: SignedDocument | null
}

export interface FundingConnection {
  readonly edges: readonly FundingEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface FundingEdge {
  readonly cursor: string
  readonly node: Funding
}

export interface FundingSource {
  readonly id: string
  readonly type: string
  readonly status: string
  readonly networkName: string | null
  readonly tokenName: string | null
  readonly fundingAddress: string | null
  readonly repaymentAddress: string | null
  readonly terms: string
  readonly interestRate: string
  readonly leverageFactor: string
  readonly minAmount: string
  readonly maxAmount: string
}

export interface FundingSourceInput {
  /** BANK, ONCHAIN, MULTISIG or CROWDFUNDING */
  readonly type: string
  readonly networkName?: string | null | undefined
  readonly tokenName?: string | null | undefined
  readonly terms: string
  readonly interestRate: string
  readonly leverageFactor: string
  readonly minAmount: string
  readonly maxAmount: string
}

export interface HandIn {
  readonly booked: readonly BookedReceipt[]
  readonly conflicts: readonly ConflictingReceipt[]
}

export interface Instalment {
  readonly number: number
  readonly dueDate: string
  readonly principal: string
  readonly interest: string
  readonly amount: string
  readonly paid: string
  readonly overdue: boolean
}

export interface Intent {
  readonly id: string
  readonly project: string
  readonly organization: string
  readonly investor: string
  readonly status: string
  readonly source: string | null
  readonly amount: string | null
  readonly walletAddress: string | null
  readonly createdAt: string
}

export interface IntentConnection {
  readonly edges: readonly IntentEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface IntentEdge {
  readonly cursor: string
  readonly node: Intent
}

export interface InvestorContract {
  readonly intent: string
  readonly digest: string
  readonly document: unknown
  readonly signatures: readonly SignedDocument[]
  readonly interestRate: string
}

export interface Issuer {
  readonly did: string
}

export interface KeyFacts {
  readonly loan: string | null
  readonly project: string
  readonly currency: string
  readonly amount: string
  readonly months: number
  readonly fee: string
  readonly deposit: string
  readonly payout: string
  readonly interestRate: string
  readonly interest: string
  readonly cost: string
  readonly total: string
  /** Percent a year by EU 2008/48/EC Annex I. */
  readonly apr: string | null
  readonly isEstimate: boolean
  readonly instalments: readonly KeyFactsRow[]
  readonly defaultAfterDays: number
  readonly cashBack: string
  readonly coolingOffDays: number
  readonly digest: string
  readonly language: string
  readonly lines: readonly string[]
  /** The same for a phone, at most 160 characters each. */
  readonly screens: readonly string[]
}

export interface KeyFactsRow {
  readonly number: number
  readonly dueDate: string
  readonly amount: string
  readonly principal: string
  readonly interest: string
}

export interface LightningChannel {
  readonly id: string
  readonly peer: string
  readonly capacity: string
  readonly ours: string
  readonly reserve: string
  readonly usable: boolean
  readonly state: string
}

export interface LightningNode {
  readonly nodeId: string
  /** Where peers reach it. */
  readonly address: string | null
  /** Where it takes on-chain money for its channels. */
  readonly onchainAddress: string
  readonly canSend: string
  readonly canReceive: string
  readonly reserve: string
  readonly channels: readonly LightningChannel[]
  /** Of the operator's own account. */
  readonly balance: string
  readonly locked: readonly LockedBalance[]
}

export interface Loan {
  readonly key: string
  readonly project: string
  readonly organization: string
  readonly status: string
  readonly type: string
  readonly schedule: string
  readonly currency: string
  readonly requestedAmount: string
  readonly requestedMonths: number
  readonly contractAmount: string
  readonly months: number
  readonly interestRate: string
  readonly interestAmount: string
  readonly commitmentAmount: string
  readonly fee: string
  readonly deposit: string
  readonly payout: string
  readonly repaid: string
  readonly outstanding: string
  readonly overpaid: string
  readonly cashBack: string
  readonly applicationDate: string
  readonly offerUntil: string | null
  readonly startDate: string | null
  readonly endDate: string | null
  readonly instalments: readonly Instalment[]
  readonly borrower: string | null
  readonly borrowerUser: string | null
  readonly verifier: string | null
  /** Through this day nothing is paid out. */
  readonly coolingOffUntil: string | null
  readonly coolingOffWaived: boolean
  readonly keyFactsRequired: boolean
  readonly payoutNeedsApproval: boolean
  /** NONE, PROVIDED or CONFIRMED */
  readonly service: string
  readonly defaultedOn: string | null
  readonly writtenOff: string
  readonly recovered: string
  readonly reschedules: number
  readonly imported: boolean
  readonly version: number
}

/** What has become of a project's loans, in sums. */
export interface LoanBook {
  readonly lent: string
  readonly repaid: string
  readonly outstanding: LoanSum
  /** The outstanding loans by how many days the oldest unpaid instalment is late. */
  readonly arrears: readonly ArrearsLine[]
  /** Principal of loans more than 30 days late as percent of the outstanding principal. */
  readonly par30: string
  readonly defaulted: LoanSum
  readonly writtenOff: LoanSum
  /** Loans repaid in full, with what they brought back. */
  readonly completed: LoanSum
  readonly interestEarned: string
}

export interface LoanConnection {
  readonly edges: readonly LoanEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface LoanContract {
  readonly loan: string
  readonly digest: string
  readonly document: unknown
  readonly signatures: readonly SignedDocument[]
}

export interface LoanEdge {
  readonly cursor: string
  readonly node: Loan
}

export interface LoanEvent {
  readonly seq: number
  readonly type: string
  readonly at: string
  readonly businessDate: string
  readonly amount: string | null
}

export interface LoanImport {
  readonly dryRun: boolean
  readonly digest: string
  readonly rows: number
  readonly loans: number
  readonly known: number
  readonly added: number
  readonly totals: LoanTotals
  readonly agrees: boolean
  readonly currency: string
  readonly faults: readonly LoanRowFault[]
}

export interface LoanRowFault {
  readonly line: number
  readonly column: string | null
  readonly reason: string
}

export interface LoanSum {
  readonly loans: number
  readonly principal: string
  readonly interest: string
}

export interface LoanTerms {
  readonly type: string
  readonly schedule: string
  readonly minAmount: string
  readonly maxAmount: string
  readonly minMonths: number
  readonly maxMonths: number
  readonly interestRate: string
  readonly disbursementFee: string
  readonly cashBackRate: string
  readonly gracePeriod: number
  readonly isCommunity: boolean
  readonly riskDepositRate: string
  readonly defaultAfterDays: number
  readonly offerDays: number
  readonly coolingOffDays: number
  readonly approvalAbove: string | null
  readonly debtCeiling: string | null
}

export interface LoanTermsInput {
  readonly type: string
  /** FLAT, AD_HOC, EQUAL_INSTALMENTS or EQUAL_PRINCIPAL */
  readonly schedule: string
  readonly minAmount: string
  readonly maxAmount: string
  readonly minMonths: number
  readonly maxMonths: number
  readonly interestRate: string
  readonly disbursementFee?: string | null | undefined
  readonly cashBackRate?: string | null | undefined
  readonly gracePeriod?: number | null | undefined
  readonly isCommunity?: boolean | null | undefined
  readonly riskDepositRate?: string | null | undefined
  readonly defaultAfterDays?: number | null | undefined
  readonly offerDays?: number | null | undefined
  /** So many days after the signature nothing is paid out, unless the borrower waives it. */
  readonly coolingOffDays?: number | null | undefined
  /** A payout above it needs a second person's approval. */
  readonly approvalAbove?: string | null | undefined
  /** What a borrower may owe over all projects of the node, in months of her income. */
  readonly debtCeiling?: string | null | undefined
}

export interface LoanTotals {
  readonly count: number
  readonly principal: string
  readonly interest: string
}

export interface LoanTotalsInput {
  readonly count: number
  readonly principal: string
  readonly interest: string
}

export interface LockedBalance {
  readonly amount: string
  readonly reason: string
  readonly releaseHeight: number | null
}

export interface Member {
  readonly user: string
  readonly membership: string
  readonly status: string
}

export interface MemberFault {
  /** The line of the file; its header is line 1. */
  readonly line: number
  readonly column: string | null
  readonly reason: string
}

export interface MemberImport {
  /** Whether every row is in: false for a dry run, and where there are more rows than one call takes. */
  readonly done: boolean
  readonly digest: string
  readonly rows: number
  readonly added: number
  readonly known: number
  readonly faults: readonly MemberFault[]
}

export interface MemberTotals {
  readonly count: number
}

export interface Membership {
  readonly id: string
  readonly type: string
  readonly organization: string | null
  readonly status: string
}

export interface MobileAccount {
  readonly organization: string
  readonly provider: string
  readonly shortCode: string
  readonly currency: string
  /** Where the provider posts its callbacks, under the node's public address. */
  readonly callback: string
}

export interface MobileHints {
  readonly waiting: number
  readonly unconfirmed: number
}

export interface Moved {
  readonly currency: string
  readonly amount: string
  readonly rate: string
  readonly at: string
}

/** Bitcoin of an investor that lie at an address of two. */
export interface Multisig {
  readonly intent: string
  readonly address: string
  readonly uri: string
  /** With public keys only (BIP 380): with it everybody can check the address, and the investor can take back without this node. */
  readonly descriptor: string
  /** Blocks from the one that holds the coins to the first that may hold the refund. */
  readonly refundAfter: number
  /** The first height at which they may be taken back. */
  readonly refundHeight: number | null
  /** Seen, and not deep enough. */
  readonly pending: string
  readonly held: string
  readonly releasing: string
  readonly released: string
  readonly refunded: string
  /** The transaction that was sent from here last. */
  readonly proof: string | null
}

export interface MultisigDraft {
  /** To be signed in the investor's wallet (BIP 174). */
  readonly psbt: string
  /** What arrives; the fee comes out of the deposit. */
  readonly amount: string
  readonly fee: string
}

export interface NetworkBalance {
  readonly network: string
  readonly wallet: string
  readonly purpose: string
  readonly currency: string
  readonly confirmed: string
  readonly pending: string
  readonly locked: readonly LockedBalance[]
  readonly descriptors: readonly string[] | null
}

export interface NetworkState {
  readonly network: string
  /** Whether it is switched on in this node. */
  readonly offered: boolean
  readonly ok: boolean
  readonly reason: string | null
  readonly chain: string | null
  /** Of its node, and up to where this one has looked. */
  readonly height: number
  readonly scanned: number
  readonly currencies: readonly string[]
}

export interface NewWebhook {
  readonly webhook: Webhook
  readonly secret: string
}

export interface Offer {
  readonly project: string
  readonly name: string
  readonly currency: string
  readonly type: string
  readonly schedule: string
  readonly minAmount: string
  readonly maxAmount: string
  readonly minMonths: number
  readonly maxMonths: number
  readonly interestRate: string
  readonly disbursementFee: string
  readonly cashBackRate: string
  readonly riskDepositRate: string
  readonly gracePeriod: number
  readonly coolingOffDays: number
  readonly requires: readonly string[]
  readonly missing: readonly string[]
}

export interface OpenedChannel {
  readonly id: string
}

export interface Organization {
  readonly id: string
  readonly name: string
  readonly did: string
  readonly timezone: string
  readonly language: string
  readonly connected: boolean
  /** Whether a scoring system is connected. */
  readonly scoring: boolean
  readonly createdAt: string
}

export interface OrganizationConnection {
  readonly edges: readonly OrganizationEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface OrganizationEdge {
  readonly cursor: string
  readonly node: Organization
}

export interface Owed {
  readonly loan: string
  readonly organization: string
  readonly project: string
  readonly name: string
  readonly status: string
  readonly currency: string
  readonly outstanding: string
  readonly due: string
  readonly daysLate: number
  readonly nextAmount: string | null
  readonly nextDue: string | null
}

export interface OwnCredential {
  readonly id: string
  readonly type: string
  readonly issuer: string
  readonly organization: string
  readonly issuedAt: string
  readonly validUntil: string
  readonly revoked: boolean
  readonly claims: unknown
}

export interface OwnProfile {
  readonly profile: unknown
  readonly updatedAt: string | null
}

/** Where a page of a list ends. */
export interface PageInfo {
  readonly hasNextPage: boolean
  /** The cursor to go on from, as `after`. */
  readonly endCursor: string | null
}

export interface PayTo {
  readonly rail: string
  readonly project: string
  readonly address: string | null
  readonly invoice: string | null
  /** The loan's Lightning address, which any wallet can pay. */
  readonly lightningAddress: string | null
  /** For a QR code. */
  readonly uri: string
  readonly currency: string
  readonly amount: string | null
  readonly rate: QuotedRate | null
  readonly expiresAt: string | null
}

export interface Payable {
  readonly id: string
  readonly payee: string
  readonly kind: string
  readonly party: string
  readonly amount: string
  readonly paid: string
}

export interface Payment {
  readonly key: string
  readonly kind: string
  readonly status: string
  readonly rail: string
  readonly loan: string | null
  readonly project: string
  readonly organization: string
  readonly currency: string
  readonly amount: string
  readonly valueDate: string
  readonly bookingDate: string
  /** Whose cash it is: an agent; null where it is the organization's bank or office. */
  readonly holder: string | null
  readonly reference: string | null
  /** What must still be done: CODE, REFERENCE, OTHER_PARTY, APPROVAL, REVERSAL (a reversal waits) or NOTHING. */
  readonly awaits: string
  readonly reason: string | null
  /** Over a network in another coin: what really moved, and by which rate it was booked. */
  readonly moved: Moved | null
  /** What the network calls it: txid:vout, payment hash. */
  readonly networkId: string | null
  /** SENDING or UNKNOWN while the network has it and has given no final answer. */
  readonly sending: string | null
  readonly version: number
}

export interface PaymentCode {
  readonly loan: string
  readonly code: string
  readonly shortCode: string
  readonly currency: string
  readonly amount: string | null
}

export interface PaymentConnection {
  readonly edges: readonly PaymentEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface PaymentEdge {
  readonly cursor: string
  readonly node: Payment
}

export interface PaymentReceipt {
  readonly payment: string
  readonly status: string
  readonly receipt: SignedDocument | null
}

export interface Permission {
  readonly id: string
  readonly did: string
  readonly project: string
  readonly verifier: string
  readonly types: readonly string[]
  /** REQUESTED, GRANTED or WITHDRAWN. */
  readonly status: string
  readonly at: string
  /** Parts of the profile that a scoring system may see. */
  readonly fields: readonly string[] | null
}

export interface PhoneChange {
  readonly id: string
  readonly user: string
  readonly organization: string
  /** The new number. */
  readonly phone: string
  /** WAITING for a second person, CODE_SENT to the new number, DONE or REFUSED. */
  readonly status: string
  readonly requestedBy: string
  readonly approvedBy: string | null
  readonly at: string
  readonly expiresAt: string
}

export interface Portfolio {
  readonly projects: readonly PortfolioProject[]
}

export interface PortfolioProject {
  readonly project: string
  readonly organization: string
  readonly name: string
  readonly status: string
  readonly currency: string
  readonly endDate: string
  /** The business date of the organization to which the figures belong. */
  readonly asOf: string
  readonly intent: string
  readonly interestRate: string
  readonly invested: string
  readonly principalRepaid: string
  readonly principalOutstanding: string
  /** Of a project that was wound up: principal that it could not give back. */
  readonly principalLost: string
  readonly yieldAccrued: string
  readonly yieldPaid: string
  readonly seniorCapital: string
  readonly juniorCapital: string
  readonly available: string
  readonly loans: LoanBook
}

export interface Position {
  readonly intent: string
  readonly project: string
  readonly currency: string
  readonly funded: string
  readonly principalOutstanding: string
  readonly yieldAccrued: string
  readonly yieldPaid: string
  readonly principalPaid: string
  readonly asOf: string
}

export interface Presentation {
  readonly presentation: string
  readonly permission: string
  readonly did: string
}

export interface PresentationRequest {
  readonly challenge: string
  readonly verifier: string
  readonly types: readonly string[]
  readonly expiresAt: string
}

export interface ProfileAmount {
  readonly amount: string
  readonly currency: string
}

/** Rates are percent as decimal strings, amounts decimal strings of the project's currency. */
export interface Project {
  readonly key: string
  readonly status: string
  readonly organization: string
  readonly name: string
  readonly description: string
  readonly isPublic: boolean
  readonly isInviteOnly: boolean
  readonly profileUrl: string | null
  readonly bannerUrl: string | null
  readonly startDate: string
  readonly endDate: string
  readonly currency: string
  readonly amount: string
  readonly juniorRate: string
  readonly criteria: Criteria
  readonly loans: LoanTerms
  readonly funding: readonly FundingSource[]
  readonly juniorCapital: string
  readonly seniorCapital: string
  /** What may be promised now. */
  readonly available: string
  /** Promised to approved and signed loans that are not paid out. */
  readonly reserved: string
  readonly lent: string
  readonly repaid: string
  readonly outstanding: string
  readonly loanCount: number
  /** Set once the project was wound up. */
  readonly payables: readonly Payable[]
  readonly version: number
}

export interface ProjectConnection {
  readonly edges: readonly ProjectEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface ProjectEdge {
  readonly cursor: string
  readonly node: Project
}

export interface PublicProject {
  readonly key: string
  readonly organization: string
  readonly name: string
  readonly description: string
  readonly isInviteOnly: boolean
  readonly profileUrl: string | null
  readonly bannerUrl: string | null
  readonly startDate: string
  readonly endDate: string
  readonly currency: string
  readonly amount: string
  readonly funding: readonly FundingSource[]
  readonly seniorCapital: string
  readonly juniorCapital: string
  readonly lent: string
  readonly repaid: string
  readonly loanCount: number
}

export interface PublicProjectConnection {
  readonly edges: readonly PublicProjectEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface PublicProjectEdge {
  readonly cursor: string
  readonly node: PublicProject
}

export interface QuotedRate {
  readonly from: string
  readonly to: string
  readonly rate: string
  readonly at: string
  readonly source: string
}

export interface Reconciliation {
  readonly organization: string
  readonly account: MobileAccount | null
  readonly hints: MobileHints
  readonly readUntil: string | null
  readonly problem: string | null
  readonly suspense: readonly SuspenseTotal[]
  readonly statement: StatementSummary | null
}

export interface Reschedule {
  readonly loan: string
  readonly on: string
  readonly months: number
  readonly principal: string
  readonly cancelledInterest: string
  readonly addedInterest: string
  readonly outstandingBefore: string
  readonly outstandingAfter: string
  readonly instalments: readonly Instalment[]
}

export interface Score {
  readonly credential: string
  readonly score: number | null
}

export interface Session {
  readonly accessToken: string
  /** Seconds until the access token expires. */
  readonly expiresIn: number
  readonly refreshToken: string
  readonly user: string
  readonly role: string
  readonly organization: string | null
}

/** A document signed for somebody to keep: a compact JWS, with the DID that signed it. */
export interface SignedDocument {
  readonly type: string
  readonly signer: string
  readonly jws: string
}

export interface Statement {
  readonly from: string | null
  readonly to: string
  readonly flows: readonly CashFlow[]
  /** One for each currency. */
  readonly totals: readonly StatementTotal[]
  readonly csv: string
}

export interface StatementCounts {
  readonly lines: number
  readonly matched: number
  readonly missingHere: number
  readonly missingThere: number
  readonly differing: number
  readonly ignored: number
  readonly booked: number
}

export interface StatementFault {
  readonly line: number
  readonly column: string | null
  readonly reason: string
}

export interface StatementItem {
  readonly line: number | null
  readonly reference: string
  readonly direction: string
  readonly amount: string | null
  readonly here: string | null
  readonly valueDate: string | null
  readonly payment: string | null
  readonly reason: string | null
}

export interface StatementReport {
  readonly digest: string
  readonly dryRun: boolean
  readonly from: string | null
  readonly to: string | null
  readonly counts: StatementCounts
  /** In the statement and not in the book. */
  readonly missingHere: readonly StatementItem[]
  /** In the book and not in the statement. */
  readonly missingThere: readonly StatementItem[]
  readonly differing: readonly StatementItem[]
  readonly faults: readonly StatementFault[]
}

export interface StatementSummary {
  readonly at: string
  readonly digest: string
  readonly from: string | null
  readonly to: string | null
  readonly matched: number
  readonly missingHere: number
  readonly missingThere: number
  readonly differing: number
}

export interface StatementTotal {
  readonly currency: string
  readonly opening: string
  readonly funded: string
  readonly principal: string
  readonly yield: string
  readonly other: string
  readonly closing: string
  /** Percent a year, as a spreadsheet's XIRR; null where the flows have none. */
  readonly xirr: string | null
}

export interface SuspenseCase {
  readonly payment: string
  readonly kind: string
  readonly rail: string
  readonly currency: string
  readonly amount: string
  readonly valueDate: string
  readonly project: string | null
  readonly loan: string | null
  readonly reference: string | null
  /** What the payer named as the account. */
  readonly entered: string | null
  readonly since: string
  readonly days: number
  /** 0-7, 8-30, 31-90 or 90+ */
  readonly age: string
  readonly reason: string
}

export interface SuspenseConnection {
  readonly edges: readonly SuspenseEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface SuspenseEdge {
  readonly cursor: string
  readonly node: SuspenseCase
}

export interface SuspenseTotal {
  readonly currency: string
  readonly amount: string
  readonly cases: number
  readonly oldest: string | null
}

export interface TrustedPair {
  readonly issuer: string
  readonly organization: string
}

export interface TrustedPairInput {
  readonly issuer: string
  readonly organization: string
}

export interface User {
  readonly id: string
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly language: string
  readonly did: string | null
  /** INVITED, ACTIVE or BLOCKED. */
  readonly status: string
  readonly memberships: readonly Membership[]
  readonly createdAt: string
}

export interface UserConnection {
  readonly edges: readonly UserEdge[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

export interface UserEdge {
  readonly cursor: string
  readonly node: User
}

export interface Valid {
  readonly valid: boolean
}

export interface Verification {
  /** valid, invalid or unknown. */
  readonly verdict: string
  readonly checks: readonly Check[]
  readonly holder: string | null
  readonly digest: string
  readonly verifier: string
  /** What the verifier signs: verdict, project, DID and digests, no claim. None where no holder could be read. */
  readonly result: SignedDocument | null
  /** Why it is not valid: the code, path and details of a refusal. */
  readonly refusal: unknown
}

export interface Vouch {
  readonly code: string
  readonly expiresAt: string
}

export interface Webhook {
  readonly id: string
  readonly organization: string
  readonly url: string
  readonly books: readonly string[]
  /** ACTIVE, or OFF: it failed for days, or said itself that it is gone. */
  readonly status: string
  readonly createdAt: string
  readonly progress: readonly WebhookProgress[]
}

export interface WebhookProgress {
  readonly book: string
  /** The cursor after the entry that was delivered last. */
  readonly delivered: number
  /** How often the next one was tried in vain. */
  readonly failures: number
  readonly failingSince: string | null
  readonly nextAt: string | null
  readonly lastFailure: string | null
}
