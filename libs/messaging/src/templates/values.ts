/**
 * The values of each template. Amounts and dates come as they are to be read ("HNL 3,500.00", "2026-04-05"). `code` and
 * `link` are checked; a list is given item by item. A value that is optional leaves out the sentence around it.
 */
export interface TemplateValues {
  /** Somebody is invited into an organization, or as an investor's or operator's user. */
  invitation: { organization: string; link: string; code: string; minutes: string; dial?: string }
  /** A one-time code that somebody asked for. */
  code: { code: string; minutes: string }
  registrationDone: { name: string }
  credentialIssued: { credential: string; organization: string }
  credentialRevoked: { credential: string; organization: string }
  /** Somebody asks the owner to let a project look into her record. */
  permissionRequested: { organization: string; project: string }
  applicationApproved: { project: string; amount: string; until: string }
  /** `reasons`: each criterion that failed, in the reader's language. */
  applicationRefused: { project: string; reasons: readonly string[] }
  contractReady: { project: string; amount: string; until: string }
  contractSigned: { project: string; amount: string }
  /** A borrower hands cash to an agent: the code confirms the amount. */
  paymentCode: { amount: string; code: string; minutes: string }
  /** A borrower is handed cash: the code confirms that it was received. */
  disbursementCode: { amount: string; code: string; minutes: string }
  disbursed: { project: string; amount: string }
  /** The receipt of a repayment. */
  paymentReceived: { amount: string; project: string; left: string; nextAmount?: string; nextDue?: string }
  overpaymentReturned: { amount: string; project: string }
  loanRepaid: { project: string; cashBack?: string }
  instalmentOverdue: { amount: string; due: string; project: string }
  investorInvitation: { organization: string; project: string; link?: string }
  /** To an originator's admin: an investor asks to be let in. */
  investorRequest: { investor: string; project: string; link?: string }
  investorContractToSign: { project: string; amount: string; link?: string }
  /** To an originator's admin: an investor has signed. */
  investorContractSigned: { investor: string; project: string; amount: string }
  fundingReceipt: { project: string; amount: string; date: string; receipt: string }
  investorRepaid: { project: string; amount: string; principal: string; yield: string }
  /** To whoever confirms that an agent handed over cash. */
  handOverToConfirm: { agent: string; amount: string; code?: string }
  projectClosed: { project: string }
  /** What came of an entry on a phone's menu that took too long to be shown there. */
  ussdResult: { text: string }
  /** To an originator's admin: a receiver has failed for days. `host`: where it is. */
  webhookOff: { host: string; since: string; reason: string }
  /** To whoever has a new PIN. */
  pinReset: Record<never, never>
  /** To the old number, where a change to another was asked for; `phone` is the end of the new one. */
  phoneChangeAsked: { phone: string }
  /** To the old number and to the new one. */
  phoneChanged: { phone: string }
  complaintReceived: { number: string; organization: string }
  complaintTaken: { number: string; organization: string }
  complaintAnswered: { number: string; answer: string }
  complaintClosed: { number: string }
  /** To an originator's admin: somebody complains, or is not content with the answer. */
  complaintOpen: { number: string }
  /** The last message that a person gets. */
  personErased: Record<never, never>
  /** The whole key facts statement, before the contract is signed. */
  keyFacts: { project: string; link: string }
  /** The good or service of a loan was provided, says the agent: the code confirms it. */
  serviceCode: { project: string; code: string; minutes: string }
  serviceConfirmed: { project: string }
  loanWithdrawn: { project: string; amount: string }
  offerLapsed: { project: string; amount: string }
  coolingOffWaived: { project: string }
  payoutReversed: { project: string; amount: string }
  /** A registered payment counts no more. */
  paymentReversed: { project: string; amount: string; left: string }
  loanDefaulted: { project: string; amount: string; due: string }
  /** The payment that ends a default. */
  loanUpToDate: { project: string; amount: string; left: string }
  loanWrittenOff: { project: string; amount: string }
  /** Something was paid of what had been written off. */
  recoveryReceived: { project: string; amount: string; left: string }
  loanRescheduled: { project: string; left: string; nextAmount: string; nextDue: string }
  /** An open loan of the organization's former books is here now. */
  loanTakenOver: { project: string; left: string; nextAmount?: string; nextDue?: string }
  /** Where and under which account to pay by mobile money. */
  mobilePaymentCode: { account: string; shortCode: string; amount?: string }
  /** An agent comes by without a connection: the code confirms what is handed over. */
  collectionCode: { amount: string; code: string; date: string }
  /** To an originator's admin: a payout above the project's limit. */
  payoutToApprove: { amount: string }
  /** To an originator's admin: somebody asks to take a payment back. */
  reversalToConfirm: { amount: string; reason: string }
  /** A registered payment that the loan had not taken counts no more. */
  paymentTakenBack: { amount: string; date: string }
  /** Cash that was registered and that nobody confirmed is cancelled. */
  paymentCancelled: { amount: string }
  /** Money arrived that the loan could not take: it waits for somebody to look. */
  paymentKept: { amount: string }
  /** A reward or a returned deposit was paid. */
  payoutMade: { amount: string }
}

export type TemplateName = keyof TemplateValues

/** For each template its values; with `?` those that may be missing, with `[]` the lists. Checked against the types and against every text. */
export const valueNames: { readonly [T in TemplateName]: readonly ValueName<TemplateValues[T]>[] } = {
  invitation: ['organization', 'link', 'code', 'minutes', 'dial?'],
  code: ['code', 'minutes'],
  registrationDone: ['name'],
  credentialIssued: ['credential', 'organization'],
  credentialRevoked: ['credential', 'organization'],
  permissionRequested: ['organization', 'project'],
  applicationApproved: ['project', 'amount', 'until'],
  applicationRefused: ['project', 'reasons[]'],
  contractReady: ['project', 'amount', 'until'],
  contractSigned: ['project', 'amount'],
  paymentCode: ['amount', 'code', 'minutes'],
  disbursementCode: ['amount', 'code', 'minutes'],
  disbursed: ['project', 'amount'],
  paymentReceived: ['amount', 'project', 'left', 'nextAmount?', 'nextDue?'],
  overpaymentReturned: ['amount', 'project'],
  loanRepaid: ['project', 'cashBack?'],
  instalmentOverdue: ['amount', 'due', 'project'],
  investorInvitation: ['organization', 'project', 'link?'],
  investorRequest: ['investor', 'project', 'link?'],
  investorContractToSign: ['project', 'amount', 'link?'],
  investorContractSigned: ['investor', 'project', 'amount'],
  fundingReceipt: ['project', 'amount', 'date', 'receipt'],
  investorRepaid: ['project', 'amount', 'principal', 'yield'],
  handOverToConfirm: ['agent', 'amount', 'code?'],
  projectClosed: ['project'],
  ussdResult: ['text'],
  webhookOff: ['host', 'since', 'reason'],
  pinReset: [],
  phoneChangeAsked: ['phone'],
  phoneChanged: ['phone'],
  complaintReceived: ['number', 'organization'],
  complaintTaken: ['number', 'organization'],
  complaintAnswered: ['number', 'answer'],
  complaintClosed: ['number'],
  complaintOpen: ['number'],
  personErased: [],
  keyFacts: ['project', 'link'],
  serviceCode: ['project', 'code', 'minutes'],
  serviceConfirmed: ['project'],
  loanWithdrawn: ['project', 'amount'],
  offerLapsed: ['project', 'amount'],
  coolingOffWaived: ['project'],
  payoutReversed: ['project', 'amount'],
  paymentReversed: ['project', 'amount', 'left'],
  loanDefaulted: ['project', 'amount', 'due'],
  loanUpToDate: ['project', 'amount', 'left'],
  loanWrittenOff: ['project', 'amount'],
  recoveryReceived: ['project', 'amount', 'left'],
  loanRescheduled: ['project', 'left', 'nextAmount', 'nextDue'],
  loanTakenOver: ['project', 'left', 'nextAmount?', 'nextDue?'],
  mobilePaymentCode: ['account', 'shortCode', 'amount?'],
  collectionCode: ['amount', 'code', 'date'],
  payoutToApprove: ['amount'],
  reversalToConfirm: ['amount', 'reason'],
  paymentTakenBack: ['amount', 'date'],
  paymentCancelled: ['amount'],
  paymentKept: ['amount'],
  payoutMade: ['amount'],
}

type ValueName<V> = {
  [K in keyof V & string]: V[K] extends readonly string[] ? `${K}[]` : Pick<V, K> extends Required<Pick<V, K>> ? K : `${K}?`
}[keyof V & string]

/**
 * A template in one language. `{name}` stands for a value, `{name:24}` for one cut to 24 characters (a list: to as many
 * items as fit), `[[…]]` for what is left out where a value inside is missing. A list alone on its line is a list of lines.
 */
export interface TemplateText {
  readonly subject: string
  readonly email: string
  readonly sms: string
}

export type TemplateTexts = Readonly<Record<TemplateName, TemplateText>>
