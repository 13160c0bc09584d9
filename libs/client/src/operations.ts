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
  businessDay: { kind: 'query', args: { organization: 'ID!' }, selection: '{ organization businessDate lastClosed }' },
  cashFloats: { kind: 'query', args: { organization: 'ID!', agent: 'ID' }, selection: '{ agent project currency amount }' },
  credentials: { kind: 'query', args: {}, selection: '{ id type issuer organization issuedAt validUntil revoked claims }' },
  distributionPreview: { kind: 'query', args: { key: 'ID!' }, selection: '{ id payee kind party amount paid }' },
  funding: { kind: 'query', args: { key: 'ID!' }, selection: '{ key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } }' },
  fundings: { kind: 'query', args: { project: 'ID!', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } } } pageInfo { hasNextPage endCursor } totalCount }' },
  intent: { kind: 'query', args: { intent: 'ID!' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  intents: { kind: 'query', args: { project: 'ID!', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { id project organization investor status source amount walletAddress createdAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  investorContract: { kind: 'query', args: { intent: 'ID!' }, selection: '{ intent digest document signatures { type signer jws } interestRate }' },
  issuer: { kind: 'query', args: {}, selection: '{ did }' },
  loan: { kind: 'query', args: { key: 'ID!' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier version }' },
  loanContract: { kind: 'query', args: { loan: 'ID!' }, selection: '{ loan digest document signatures { type signer jws } }' },
  loanHistory: { kind: 'query', args: { key: 'ID!' }, selection: '{ seq type at businessDate amount }' },
  loans: { kind: 'query', args: { project: 'ID!', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier version } } pageInfo { hasNextPage endCursor } totalCount }' },
  loansOfOrganization: { kind: 'query', args: { organization: 'ID!', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier version } } pageInfo { hasNextPage endCursor } totalCount }' },
  loansOfUser: { kind: 'query', args: { user: 'ID', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier version } } pageInfo { hasNextPage endCursor } totalCount }' },
  me: { kind: 'query', args: {}, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  myIntents: { kind: 'query', args: { first: 'Int', after: 'String' }, selection: '{ edges { cursor node { id project organization investor status source amount walletAddress createdAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  offers: { kind: 'query', args: {}, selection: '{ project name currency type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate riskDepositRate gracePeriod requires missing }' },
  organization: { kind: 'query', args: { id: 'ID!' }, selection: '{ id name did timezone language connected createdAt }' },
  organizations: { kind: 'query', args: { first: 'Int', after: 'String' }, selection: '{ edges { cursor node { id name did timezone language connected createdAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  organizationsOf: { kind: 'query', args: { user: 'ID!' }, selection: '{ id name did timezone language connected createdAt }' },
  payment: { kind: 'query', args: { key: 'ID!' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  payments: { kind: 'query', args: { loan: 'ID!', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version } } pageInfo { hasNextPage endCursor } totalCount }' },
  paymentsAt: { kind: 'query', args: { address: 'String!', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version } } pageInfo { hasNextPage endCursor } totalCount }' },
  permissions: { kind: 'query', args: {}, selection: '{ id did project verifier types status at }' },
  position: { kind: 'query', args: { intent: 'ID!' }, selection: '{ intent project currency funded principalOutstanding yieldAccrued yieldPaid principalPaid asOf }' },
  project: { kind: 'query', args: { key: 'ID!' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  projectAccounts: { kind: 'query', args: { key: 'ID!' }, selection: '{ account currency balance }' },
  projectByAddress: { kind: 'query', args: { address: 'String!' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  projects: { kind: 'query', args: { organization: 'ID!', status: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version } } pageInfo { hasNextPage endCursor } totalCount }' },
  publicProjects: { kind: 'query', args: { first: 'Int', after: 'String' }, selection: '{ edges { cursor node { key organization name description isInviteOnly profileUrl bannerUrl startDate endDate currency amount funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } seniorCapital juniorCapital lent repaid loanCount } } pageInfo { hasNextPage endCursor } totalCount }' },
  record: { kind: 'query', args: { did: 'String!' }, selection: '{ did document credentials { id type issuer organization issuedAt validUntil revoked } }' },
  user: { kind: 'query', args: { id: 'ID!' }, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  users: { kind: 'query', args: { organization: 'ID!', type: 'String', first: 'Int', after: 'String' }, selection: '{ edges { cursor node { id name email phone language did status memberships { id type organization status } createdAt } } pageInfo { hasNextPage endCursor } totalCount }' },
  acceptInvitation: { kind: 'mutation', args: { intent: 'ID!', amount: 'String!', source: 'ID', walletAddress: 'String', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  activateProject: { kind: 'mutation', args: { key: 'ID!', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  addDisbursement: { kind: 'mutation', args: { loan: 'ID!', purpose: 'String', rail: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  addMember: { kind: 'mutation', args: { organization: 'ID!', type: 'String!', name: 'String!', language: 'String', email: 'String', phone: 'String', requestId: 'ID' }, selection: '{ user membership status }' },
  addProjectFunding: { kind: 'mutation', args: { key: 'ID!', source: 'FundingSourceInput!', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  addRepayment: { kind: 'mutation', args: { loan: 'ID', phone: 'String', rail: 'String!', amount: 'String!', reference: 'String', valueDate: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  applyForLoan: { kind: 'mutation', args: { project: 'ID!', amount: 'String!', months: 'Int!', presentation: 'String', challenge: 'String', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier version }' },
  approveInvestor: { kind: 'mutation', args: { intent: 'ID!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  blockUser: { kind: 'mutation', args: { id: 'ID!', organization: 'ID', requestId: 'ID' }, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  cancelDisbursement: { kind: 'mutation', args: { payment: 'ID!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  closeDay: { kind: 'mutation', args: { organization: 'ID!', requestId: 'ID' }, selection: '{ organization businessDate lastClosed }' },
  closeProject: { kind: 'mutation', args: { key: 'ID!', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  confirmDisbursement: { kind: 'mutation', args: { payment: 'ID!', code: 'String', reference: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  confirmHandOver: { kind: 'mutation', args: { payment: 'ID!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  confirmRepayment: { kind: 'mutation', args: { payment: 'ID!', code: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  createOrganization: { kind: 'mutation', args: { name: 'String!', timezone: 'String!', language: 'String', adminName: 'String!', adminEmail: 'String!', requestId: 'ID' }, selection: '{ id name did timezone language connected createdAt }' },
  createProject: { kind: 'mutation', args: { organization: 'ID', name: 'String!', description: 'String', isPublic: 'Boolean', isInviteOnly: 'Boolean', profileUrl: 'String', bannerUrl: 'String', startDate: 'String!', endDate: 'String!', currency: 'String!', amount: 'String!', juniorRate: 'String', criteria: 'CriteriaInput!', loans: 'LoanTermsInput!', funding: '[FundingSourceInput!]', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  createVCPresentation: { kind: 'mutation', args: { project: 'ID!', challenge: 'String!', requestId: 'ID' }, selection: '{ presentation permission did }' },
  deactivateProject: { kind: 'mutation', args: { key: 'ID!', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  fund: { kind: 'mutation', args: { intent: 'ID!', amount: 'String!', reference: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } }' },
  fundJunior: { kind: 'mutation', args: { key: 'ID!', amount: 'String!', rail: 'String', reference: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  getOTP: { kind: 'mutation', args: { purpose: 'String!', email: 'String', phone: 'String', requestId: 'ID' }, selection: '{ ok }' },
  getVC: { kind: 'mutation', args: { type: 'String!', organization: 'ID', requestId: 'ID' }, selection: '{ id type issuer organization issuedAt validUntil revoked }' },
  handOverCash: { kind: 'mutation', args: { project: 'ID!', amount: 'String!', from: 'String!', to: 'String!', agent: 'ID', reference: 'String', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  inviteInvestor: { kind: 'mutation', args: { project: 'ID!', email: 'String!', name: 'String!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  issueVC: { kind: 'mutation', args: { organization: 'ID!', user: 'ID', did: 'String', type: 'String!', claims: 'JSON!', validUntil: 'String', requestId: 'ID' }, selection: '{ id type issuer organization issuedAt validUntil revoked }' },
  loginByEmail: { kind: 'mutation', args: { email: 'String!', password: 'String!', role: 'String', organization: 'ID', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  loginByPhone: { kind: 'mutation', args: { phone: 'String!', pin: 'String!', role: 'String', organization: 'ID', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  logout: { kind: 'mutation', args: { requestId: 'ID' }, selection: '{ ok }' },
  modifyProjectParams: { kind: 'mutation', args: { key: 'ID!', startDate: 'String', endDate: 'String', amount: 'String', juniorRate: 'String', criteria: 'CriteriaInput', loans: 'LoanTermsInput', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  refresh: { kind: 'mutation', args: { refreshToken: 'String!', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  refund: { kind: 'mutation', args: { intent: 'ID!', amount: 'String!', rail: 'String', reference: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } }' },
  refundOverpayment: { kind: 'mutation', args: { loan: 'ID!', rail: 'String!', requestId: 'ID' }, selection: '{ key kind status rail loan project organization currency amount valueDate bookingDate holder reference awaits version }' },
  registerBorrower: { kind: 'mutation', args: { phone: 'String!', code: 'String!', pin: 'String!', language: 'String', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  registerInvestor: { kind: 'mutation', args: { email: 'String!', code: 'String!', password: 'String!', name: 'String!', language: 'String', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  registerOriginator: { kind: 'mutation', args: { code: 'String!', password: 'String', pin: 'String', email: 'String', phone: 'String', requestId: 'ID' }, selection: '{ accessToken expiresIn refreshToken user role organization }', signsIn: true },
  rejectInvestor: { kind: 'mutation', args: { intent: 'ID!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  rejectInvitation: { kind: 'mutation', args: { intent: 'ID!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  requestInvitation: { kind: 'mutation', args: { project: 'ID!', message: 'String', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  requestPermission: { kind: 'mutation', args: { project: 'ID!', did: 'String', requestId: 'ID' }, selection: '{ id did project verifier types status at }' },
  requestPresentation: { kind: 'mutation', args: { project: 'ID!', requestId: 'ID' }, selection: '{ challenge verifier types expiresAt }' },
  revertFunding: { kind: 'mutation', args: { key: 'ID!', reason: 'String!', requestId: 'ID' }, selection: '{ key project organization tranche type paymentType status currency amount yield principal valueDate intent investor reference receipt { type signer jws } }' },
  revokeVC: { kind: 'mutation', args: { credential: 'ID!', requestId: 'ID' }, selection: '{ id type issuer organization issuedAt validUntil revoked }' },
  setConnector: { kind: 'mutation', args: { organization: 'ID!', url: 'String', publicKey: 'JSON', requestId: 'ID' }, selection: '{ id name did timezone language connected createdAt }' },
  setPIN: { kind: 'mutation', args: { present: 'String!', pin: 'String!', requestId: 'ID' }, selection: '{ ok }' },
  signContract: { kind: 'mutation', args: { intent: 'ID!', digest: 'String!', requestId: 'ID' }, selection: '{ id project organization investor status source amount walletAddress createdAt }' },
  signLoan: { kind: 'mutation', args: { loan: 'ID!', digest: 'String', requestId: 'ID' }, selection: '{ key project organization status type schedule currency requestedAmount requestedMonths contractAmount months interestRate interestAmount commitmentAmount fee deposit payout repaid outstanding overpaid cashBack applicationDate offerUntil startDate endDate instalments { number dueDate principal interest amount paid overdue } borrower borrowerUser verifier version }' },
  unblockUser: { kind: 'mutation', args: { id: 'ID!', organization: 'ID', requestId: 'ID' }, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  updateProject: { kind: 'mutation', args: { key: 'ID!', name: 'String', description: 'String', isPublic: 'Boolean', isInviteOnly: 'Boolean', profileUrl: 'String', bannerUrl: 'String', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  updateUser: { kind: 'mutation', args: { id: 'ID!', name: 'String', language: 'String', password: 'String', presentPassword: 'String', requestId: 'ID' }, selection: '{ id name email phone language did status memberships { id type organization status } createdAt }' },
  validateOTP: { kind: 'mutation', args: { purpose: 'String!', code: 'String!', email: 'String', phone: 'String', requestId: 'ID' }, selection: '{ valid }' },
  validatePIN: { kind: 'mutation', args: { pin: 'String!', requestId: 'ID' }, selection: '{ valid }' },
  validateVC: { kind: 'mutation', args: { project: 'ID!', challenge: 'String!', presentation: 'String!', requestId: 'ID' }, selection: '{ verdict checks { id check verdict code } holder digest verifier result { type signer jws } refusal }' },
  withdrawJunior: { kind: 'mutation', args: { key: 'ID!', amount: 'String!', rail: 'String', reference: 'String!', valueDate: 'String', requestId: 'ID' }, selection: '{ key status organization name description isPublic isInviteOnly profileUrl bannerUrl startDate endDate currency amount juniorRate criteria { required trusted { issuer organization } rules } loans { type schedule minAmount maxAmount minMonths maxMonths interestRate disbursementFee cashBackRate gracePeriod isCommunity riskDepositRate defaultAfterDays offerDays } funding { id type status networkName tokenName fundingAddress repaymentAddress terms interestRate leverageFactor minAmount maxAmount } juniorCapital seniorCapital available reserved lent repaid outstanding loanCount payables { id payee kind party amount paid } version }' },
  withdrawPermission: { kind: 'mutation', args: { permission: 'ID!', requestId: 'ID' }, selection: '{ id did project verifier types status at }' },
} as const satisfies Readonly<Record<string, Operation>>

export interface Operations {
  readonly businessDay: { readonly args: { readonly organization: string }; readonly result: BusinessDay }
  /** The cash that agents hold; an agent sees the own. */
  readonly cashFloats: { readonly args: { readonly organization: string; readonly agent?: string | null | undefined }; readonly result: readonly CashFloat[] }
  /** The own credentials, with their claims. */
  readonly credentials: { readonly args: {}; readonly result: readonly OwnCredential[] }
  /** What closing the project today would pay to whom. */
  readonly distributionPreview: { readonly args: { readonly key: string }; readonly result: readonly Payable[] }
  readonly funding: { readonly args: { readonly key: string }; readonly result: Funding }
  readonly fundings: { readonly args: { readonly project: string; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: FundingConnection }
  readonly intent: { readonly args: { readonly intent: string }; readonly result: Intent }
  readonly intents: { readonly args: { readonly project: string; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: IntentConnection }
  readonly investorContract: { readonly args: { readonly intent: string }; readonly result: InvestorContract }
  /** The node's issuer, which a project's criteria trust in pair with an organization. */
  readonly issuer: { readonly args: {}; readonly result: Issuer }
  readonly loan: { readonly args: { readonly key: string }; readonly result: Loan }
  readonly loanContract: { readonly args: { readonly loan: string }; readonly result: LoanContract }
  readonly loanHistory: { readonly args: { readonly key: string }; readonly result: readonly LoanEvent[] }
  readonly loans: { readonly args: { readonly project: string; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: LoanConnection }
  readonly loansOfOrganization: { readonly args: { readonly organization: string; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: LoanConnection }
  readonly loansOfUser: { readonly args: { readonly user?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: LoanConnection }
  readonly me: { readonly args: {}; readonly result: User }
  readonly myIntents: { readonly args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: IntentConnection }
  /** Which projects lend to the signed-in borrower now, and which credentials are still missing. */
  readonly offers: { readonly args: {}; readonly result: readonly Offer[] }
  readonly organization: { readonly args: { readonly id: string }; readonly result: Organization }
  readonly organizations: { readonly args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: OrganizationConnection }
  /** The organizations in which a user has a part. */
  readonly organizationsOf: { readonly args: { readonly user: string }; readonly result: readonly Organization[] }
  readonly payment: { readonly args: { readonly key: string }; readonly result: Payment }
  readonly payments: { readonly args: { readonly loan: string; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: PaymentConnection }
  readonly paymentsAt: { readonly args: { readonly address: string; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: PaymentConnection }
  readonly permissions: { readonly args: {}; readonly result: readonly Permission[] }
  /** Live: what an investor's money does, without anything that leads to a borrower. */
  readonly position: { readonly args: { readonly intent: string }; readonly result: Position }
  readonly project: { readonly args: { readonly key: string }; readonly result: Project }
  /** The balance of each account of a project over all books; a debit is positive. */
  readonly projectAccounts: { readonly args: { readonly key: string }; readonly result: readonly Account[] }
  readonly projectByAddress: { readonly args: { readonly address: string }; readonly result: Project | null }
  readonly projects: { readonly args: { readonly organization: string; readonly status?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: ProjectConnection }
  readonly publicProjects: { readonly args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: PublicProjectConnection }
  /** The DID document and the list of credentials of a record; no claim is in it. */
  readonly record: { readonly args: { readonly did: string }; readonly result: CredentialRecord }
  readonly user: { readonly args: { readonly id: string }; readonly result: User }
  readonly users: { readonly args: { readonly organization: string; readonly type?: string | null | undefined; readonly first?: number | null | undefined; readonly after?: string | null | undefined }; readonly result: UserConnection }
  readonly acceptInvitation: { readonly args: { readonly intent: string; readonly amount: string; readonly source?: string | null | undefined; readonly walletAddress?: string | null | undefined }; readonly result: Intent }
  readonly activateProject: { readonly args: { readonly key: string }; readonly result: Project }
  /** purpose: LOAN (the payout), REWARD or DEPOSIT (of a project that was wound up); rail: BANK or CASH */
  readonly addDisbursement: { readonly args: { readonly loan: string; readonly purpose?: string | null | undefined; readonly rail: string; readonly valueDate?: string | null | undefined }; readonly result: Payment }
  /** Invites a person: an admin by e-mail, an agent or a borrower by phone. An agent invites borrowers only. */
  readonly addMember: { readonly args: { readonly organization: string; readonly type: string; readonly name: string; readonly language?: string | null | undefined; readonly email?: string | null | undefined; readonly phone?: string | null | undefined }; readonly result: Member }
  readonly addProjectFunding: { readonly args: { readonly key: string; readonly source: FundingSourceInput }; readonly result: Project }
  readonly addRepayment: { readonly args: { readonly loan?: string | null | undefined; readonly phone?: string | null | undefined; readonly rail: string; readonly amount: string; readonly reference?: string | null | undefined; readonly valueDate?: string | null | undefined }; readonly result: Payment }
  readonly applyForLoan: { readonly args: { readonly project: string; readonly amount: string; readonly months: number; readonly presentation?: string | null | undefined; readonly challenge?: string | null | undefined }; readonly result: Loan }
  readonly approveInvestor: { readonly args: { readonly intent: string }; readonly result: Intent }
  /** Suspends at once: an admin the membership in the own organization, the operator anyone. */
  readonly blockUser: { readonly args: { readonly id: string; readonly organization?: string | null | undefined }; readonly result: User }
  readonly cancelDisbursement: { readonly args: { readonly payment: string }; readonly result: Payment }
  readonly closeDay: { readonly args: { readonly organization: string }; readonly result: BusinessDay }
  /** Winds the project up: shares its balance out. It is CLOSED when the last share is paid. */
  readonly closeProject: { readonly args: { readonly key: string }; readonly result: Project }
  readonly confirmDisbursement: { readonly args: { readonly payment: string; readonly code?: string | null | undefined; readonly reference?: string | null | undefined }; readonly result: Payment }
  readonly confirmHandOver: { readonly args: { readonly payment: string }; readonly result: Payment }
  readonly confirmRepayment: { readonly args: { readonly payment: string; readonly code?: string | null | undefined }; readonly result: Payment }
  /** Creates an organization with a DID of its own and invites its first originator admin. */
  readonly createOrganization: { readonly args: { readonly name: string; readonly timezone: string; readonly language?: string | null | undefined; readonly adminName: string; readonly adminEmail: string }; readonly result: Organization }
  readonly createProject: { readonly args: { readonly organization?: string | null | undefined; readonly name: string; readonly description?: string | null | undefined; readonly isPublic?: boolean | null | undefined; readonly isInviteOnly?: boolean | null | undefined; readonly profileUrl?: string | null | undefined; readonly bannerUrl?: string | null | undefined; readonly startDate: string; readonly endDate: string; readonly currency: string; readonly amount: string; readonly juniorRate?: string | null | undefined; readonly criteria: CriteriaInput; readonly loans: LoanTermsInput; readonly funding?: readonly FundingSourceInput[] | null | undefined }; readonly result: Project }
  /** Presents what a project requires, and only that, to its verifier for one challenge. */
  readonly createVCPresentation: { readonly args: { readonly project: string; readonly challenge: string }; readonly result: Presentation }
  readonly deactivateProject: { readonly args: { readonly key: string }; readonly result: Project }
  readonly fund: { readonly args: { readonly intent: string; readonly amount: string; readonly reference: string; readonly valueDate?: string | null | undefined }; readonly result: Funding }
  readonly fundJunior: { readonly args: { readonly key: string; readonly amount: string; readonly rail?: string | null | undefined; readonly reference: string; readonly valueDate?: string | null | undefined }; readonly result: Project }
  /** Sends a one-time code. The answer is the same whether anybody has that address. Purposes: REGISTER, REGISTER_INVESTOR. */
  readonly getOTP: { readonly args: { readonly purpose: string; readonly email?: string | null | undefined; readonly phone?: string | null | undefined }; readonly result: Done }
  /** Requests a credential: the organization's system confirms the data, the node issues, the record keeps it. */
  readonly getVC: { readonly args: { readonly type: string; readonly organization?: string | null | undefined }; readonly result: Credential }
  /** from and to: AGENT, OFFICE or BANK */
  readonly handOverCash: { readonly args: { readonly project: string; readonly amount: string; readonly from: string; readonly to: string; readonly agent?: string | null | undefined; readonly reference?: string | null | undefined }; readonly result: Payment }
  readonly inviteInvestor: { readonly args: { readonly project: string; readonly email: string; readonly name: string }; readonly result: Intent }
  /** Issues a credential about a borrower of the organization (user or did) and puts it into the borrower's record. */
  readonly issueVC: { readonly args: { readonly organization: string; readonly user?: string | null | undefined; readonly did?: string | null | undefined; readonly type: string; readonly claims: unknown; readonly validUntil?: string | null | undefined }; readonly result: Credential }
  /** With several memberships, role and organization say which one is meant. */
  readonly loginByEmail: { readonly args: { readonly email: string; readonly password: string; readonly role?: string | null | undefined; readonly organization?: string | null | undefined }; readonly result: Session }
  readonly loginByPhone: { readonly args: { readonly phone: string; readonly pin: string; readonly role?: string | null | undefined; readonly organization?: string | null | undefined }; readonly result: Session }
  readonly logout: { readonly args: {}; readonly result: Done }
  readonly modifyProjectParams: { readonly args: { readonly key: string; readonly startDate?: string | null | undefined; readonly endDate?: string | null | undefined; readonly amount?: string | null | undefined; readonly juniorRate?: string | null | undefined; readonly criteria?: CriteriaInput | null | undefined; readonly loans?: LoanTermsInput | null | undefined }; readonly result: Project }
  /** The refresh token is used up; one used twice ends its session. */
  readonly refresh: { readonly args: { readonly refreshToken: string }; readonly result: Session }
  readonly refund: { readonly args: { readonly intent: string; readonly amount: string; readonly rail?: string | null | undefined; readonly reference: string; readonly valueDate?: string | null | undefined }; readonly result: Funding }
  readonly refundOverpayment: { readonly args: { readonly loan: string; readonly rail: string }; readonly result: Payment }
  readonly registerBorrower: { readonly args: { readonly phone: string; readonly code: string; readonly pin: string; readonly language?: string | null | undefined }; readonly result: Session }
  readonly registerInvestor: { readonly args: { readonly email: string; readonly code: string; readonly password: string; readonly name: string; readonly language?: string | null | undefined }; readonly result: Session }
  /** An invited admin or operator registers by e-mail, code and password; an agent by phone, code and PIN. */
  readonly registerOriginator: { readonly args: { readonly code: string; readonly password?: string | null | undefined; readonly pin?: string | null | undefined; readonly email?: string | null | undefined; readonly phone?: string | null | undefined }; readonly result: Session }
  readonly rejectInvestor: { readonly args: { readonly intent: string }; readonly result: Intent }
  readonly rejectInvitation: { readonly args: { readonly intent: string }; readonly result: Intent }
  readonly requestInvitation: { readonly args: { readonly project: string; readonly message?: string | null | undefined }; readonly result: Intent }
  /** Asks the owner, or, in the owner's own session, grants that a project's verifier sees what the project requires. */
  readonly requestPermission: { readonly args: { readonly project: string; readonly did?: string | null | undefined }; readonly result: Permission }
  /** A challenge for one use, and what the project requires. */
  readonly requestPresentation: { readonly args: { readonly project: string }; readonly result: PresentationRequest }
  readonly revertFunding: { readonly args: { readonly key: string; readonly reason: string }; readonly result: Funding }
  readonly revokeVC: { readonly args: { readonly credential: string }; readonly result: Credential }
  /** Connects the organization's own system, which confirms borrowers' data; without a url it disconnects it. */
  readonly setConnector: { readonly args: { readonly organization: string; readonly url?: string | null | undefined; readonly publicKey?: unknown | undefined }; readonly result: Organization }
  readonly setPIN: { readonly args: { readonly present: string; readonly pin: string }; readonly result: Done }
  readonly signContract: { readonly args: { readonly intent: string; readonly digest: string }; readonly result: Intent }
  readonly signLoan: { readonly args: { readonly loan: string; readonly digest?: string | null | undefined }; readonly result: Loan }
  readonly unblockUser: { readonly args: { readonly id: string; readonly organization?: string | null | undefined }; readonly result: User }
  readonly updateProject: { readonly args: { readonly key: string; readonly name?: string | null | undefined; readonly description?: string | null | undefined; readonly isPublic?: boolean | null | undefined; readonly isInviteOnly?: boolean | null | undefined; readonly profileUrl?: string | null | undefined; readonly bannerUrl?: string | null | undefined }; readonly result: Project }
  readonly updateUser: { readonly args: { readonly id: string; readonly name?: string | null | undefined; readonly language?: string | null | undefined; readonly password?: string | null | undefined; readonly presentPassword?: string | null | undefined }; readonly result: User }
  readonly validateOTP: { readonly args: { readonly purpose: string; readonly code: string; readonly email?: string | null | undefined; readonly phone?: string | null | undefined }; readonly result: Valid }
  readonly validatePIN: { readonly args: { readonly pin: string }; readonly result: Valid }
  /** Verifies a presentation against a project's criteria and lists each check. */
  readonly validateVC: { readonly args: { readonly project: string; readonly challenge: string; readonly presentation: string }; readonly result: Verification }
  readonly withdrawJunior: { readonly args: { readonly key: string; readonly amount: string; readonly rail?: string | null | undefined; readonly reference: string; readonly valueDate?: string | null | undefined }; readonly result: Project }
  readonly withdrawPermission: { readonly args: { readonly permission: string }; readonly result: Permission }
}

export interface Account {
  readonly account: string
  readonly currency: string
  readonly balance: string
}

export interface BusinessDay {
  readonly organization: string
  readonly businessDate: string
  readonly lastClosed: string | null
}

export interface CashFloat {
  readonly agent: string
  readonly project: string
  readonly currency: string
  readonly amount: string
}

export interface Check {
  /** Where to show it, such as checks.KYC. */
  readonly id: string
  /** What was looked at, such as credential.signature. */
  readonly check: string
  readonly verdict: string
  readonly code: string | null
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

/** It is done. */
export interface Done {
  readonly ok: boolean
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
  readonly version: number
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
}

export interface LoanTermsInput {
  readonly type: string
  /** FLAT or AD_HOC */
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
}

export interface Member {
  readonly user: string
  readonly membership: string
  readonly status: string
}

export interface Membership {
  readonly id: string
  readonly type: string
  readonly organization: string | null
  readonly status: string
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
  readonly requires: readonly string[]
  readonly missing: readonly string[]
}

export interface Organization {
  readonly id: string
  readonly name: string
  readonly did: string
  readonly timezone: string
  readonly language: string
  readonly connected: boolean
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

/** Where a page of a list ends. */
export interface PageInfo {
  readonly hasNextPage: boolean
  /** The cursor to go on from, as `after`. */
  readonly endCursor: string | null
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
  /** What the other side must still do: CODE, REFERENCE, OTHER_PARTY or NOTHING. */
  readonly awaits: string
  readonly version: number
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

export interface Permission {
  readonly id: string
  readonly did: string
  readonly project: string
  readonly verifier: string
  readonly types: readonly string[]
  /** REQUESTED, GRANTED or WITHDRAWN. */
  readonly status: string
  readonly at: string
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
