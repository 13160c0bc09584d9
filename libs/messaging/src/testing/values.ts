import type { TemplateName, TemplateValues } from '../templates/values.ts'

const organization = 'Cooperativa Mixta Orgánica de Caficultores de Marcala y Alrededores, Sociedad Limitada'
const project = 'Renovación de cafetales 2026-2027 para pequeños productores de La Paz'
const amount = 'HNL 12,345,678.90'
const link = 'https://growr.comsa-marcala.example/i/01JQ8Z4N7V2K5T9XWY'
const person = 'María de los Ángeles Hernández Villanueva de Rodríguez'
const until = '2026-12-31'
const code = '123456'
const minutes = '1440'

/** Values as long as a person would meet them, with accents that SMS does not know. */
export const longValues: { readonly [T in TemplateName]: TemplateValues[T] } = {
  invitation: { organization, link, code, minutes },
  code: { code, minutes },
  registrationDone: { name: person },
  credentialIssued: { credential: 'CommunityMembership', organization },
  credentialRevoked: { credential: 'CommunityMembership', organization },
  permissionRequested: { organization, project },
  applicationApproved: { project, amount, until },
  applicationRefused: { project, reasons: ['El ingreso mensual es menor que el mínimo', 'La credencial KYC ha vencido'] },
  contractReady: { project, amount, until },
  contractSigned: { project, amount },
  paymentCode: { amount, code, minutes },
  disbursementCode: { amount, code, minutes },
  disbursed: { project, amount },
  paymentReceived: { amount, project, left: amount, nextAmount: amount, nextDue: until },
  overpaymentReturned: { amount, project },
  loanRepaid: { project, cashBack: amount },
  instalmentOverdue: { amount, due: until, project },
  investorInvitation: { organization, project, link },
  investorRequest: { investor: person, project, link },
  investorContractToSign: { project, amount, link },
  investorContractSigned: { investor: person, project, amount },
  fundingReceipt: { project, amount, date: until, receipt: '01JQ8Z4N7V2K5T9XWYABCDEFGH' },
  investorRepaid: { project, amount, principal: amount, yield: amount },
  handOverToConfirm: { agent: person, amount, code },
  projectClosed: { project },
  ussdResult: { text: 'Contrato firmado: HNL 20,000.00' },
  webhookOff: { host: 'contabilidad.comsa-marcala.example:8443', since: until, reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
  pinReset: {},
  phoneChangeAsked: { phone: '0123' },
  phoneChanged: { phone: '0123' },
  complaintReceived: { number: '40718823', organization },
  complaintTaken: { number: '40718823', organization },
  complaintAnswered: { number: '40718823', answer: 'Revisamos el cobro con el agente: el recibo del 5 de mayo faltaba y ya está registrado en su préstamo.' },
  complaintClosed: { number: '40718823' },
  complaintOpen: { number: '40718823' },
  personErased: {},
  keyFacts: { project, link },
  serviceCode: { project, code, minutes },
  serviceConfirmed: { project },
  loanWithdrawn: { project, amount },
  offerLapsed: { project, amount },
  coolingOffWaived: { project },
  payoutReversed: { project, amount },
  paymentReversed: { project, amount, left: amount },
  loanDefaulted: { project, amount, due: until },
  loanUpToDate: { project, amount, left: amount },
  loanWrittenOff: { project, amount },
  recoveryReceived: { project, amount, left: amount },
  loanRescheduled: { project, left: amount, nextAmount: amount, nextDue: until },
  loanTakenOver: { project, left: amount, nextAmount: amount, nextDue: until },
  mobilePaymentCode: { account: 'GRW0000471112', shortCode: '600984', amount },
  collectionCode: { amount, code: '12345678', date: until },
  payoutToApprove: { amount },
  reversalToConfirm: { amount, reason: 'El pago se registró dos veces: el agente lo anotó en papel y después otra vez en la oficina, con fecha de ayer' },
  paymentTakenBack: { amount, date: until },
  paymentCancelled: { amount },
  paymentKept: { amount },
  payoutMade: { amount },
}
