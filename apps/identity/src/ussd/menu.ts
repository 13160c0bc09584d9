import type { Menu, Option, Screen } from './menu.types.ts'
import type { Text } from './texts/en.ts'

// What a phone shows and where each entry leads. The digits 0 (back), 00 (menu) and 98 (more) are the engine's own.

const open: Menu['screens'] = {
  start: {
    text: 'start', open: true,
    options: [
      { text: 'start.register', next: 'register.code' },
      { text: 'start.forgot', next: 'reset.begin' },
      { text: 'start.moved', next: 'moved' },
      { text: 'start.language', do: 'switchLanguage', next: 'start' },
    ],
    input: { kind: 'pin', as: 'pin', do: 'signIn', next: 'home' },
  },
  'register.code': {
    text: 'register.code', open: true,
    options: [{ text: 'register.send', do: 'sendRegisterCode', next: 'register.code' }],
    input: { kind: 'code', as: 'code', do: 'checkRegisterCode', next: 'register.pin' },
  },
  'register.pin': {
    text: 'register.pin', open: true, needs: { secrets: ['code'], from: 'register.code' },
    input: { kind: 'pin', as: 'newPin', do: 'checkPin', next: 'register.again' },
  },
  'register.again': {
    text: 'register.again', open: true, needs: { secrets: ['code', 'newPin'], from: 'register.code' },
    input: { kind: 'pin', as: 'repeated', same: { as: 'newPin', else: 'register.pin' }, do: 'register', next: 'home', refused: 'register.code' },
  },
  'reset.begin': {
    text: 'reset.begin', open: true,
    options: [
      { text: 'reset.send', do: 'sendResetCode', next: 'reset.code' },
      { text: 'reset.have', next: 'reset.code' },
    ],
  },
  'reset.code': { text: 'reset.code', open: true, input: { kind: 'code', as: 'code', do: 'checkResetCode', next: 'reset.how' } },
  'reset.how': {
    text: 'reset.how', open: true, needs: { secrets: ['code'], from: 'reset.code' },
    options: [
      { text: 'reset.document', next: 'reset.answer' },
      { text: 'reset.agent', next: 'reset.vouch' },
    ],
  },
  'reset.answer': { text: 'reset.answer', open: true, needs: { secrets: ['code'], from: 'reset.code' }, input: { kind: 'answer', as: 'proof', set: { proof: 'answer' }, next: 'reset.pin' } },
  'reset.vouch': { text: 'reset.vouch', open: true, needs: { secrets: ['code'], from: 'reset.code' }, input: { kind: 'code', as: 'proof', set: { proof: 'vouch' }, next: 'reset.pin' } },
  'reset.pin': { text: 'reset.pin', open: true, needs: { secrets: ['code', 'proof'], from: 'reset.code' }, input: { kind: 'pin', as: 'newPin', do: 'checkPin', next: 'reset.again' } },
  'reset.again': {
    text: 'reset.again', open: true, needs: { secrets: ['code', 'proof', 'newPin'], from: 'reset.code' },
    input: { kind: 'pin', as: 'repeated', same: { as: 'newPin', else: 'reset.pin' }, do: 'resetPin', next: 'start', refused: 'reset.begin' },
  },
  moved: { text: 'moved', open: true, input: { kind: 'code', as: 'code', do: 'changePhone', next: 'start' } },
}

const home: Menu['screens'] = {
  resume: {
    text: 'resume',
    options: [
      { text: 'resume.go', do: 'goOn', next: 'home' },
      { text: 'resume.menu', do: 'startOver', next: 'home' },
    ],
  },
  home: {
    text: 'home',
    options: [
      { text: 'home.owe', next: 'owe' },
      { text: 'home.pay', next: 'pay' },
      { text: 'home.offers', next: 'offers' },
      { text: 'home.loans', next: 'loans' },
      { text: 'home.credentials', next: 'credentials' },
      { text: 'home.permissions', next: 'permissions' },
      { text: 'home.profile', next: 'profile' },
      { text: 'home.complaints', next: 'complaints' },
      { text: 'home.settings', next: 'settings' },
    ],
  },
}

const lending: Menu['screens'] = {
  owe: { text: 'owe', load: 'owed', items: { next: 'loan' } },
  loans: { text: 'loans', load: 'loans', items: { next: 'loan' } },
  loan: {
    text: 'loan', load: 'loan',
    options: [
      { text: 'loan.sign', when: 'sign', next: 'sign' },
      { text: 'loan.waive', when: 'waive', next: 'waive' },
      { text: 'loan.withdraw', when: 'withdraw', next: 'withdraw' },
      { text: 'loan.pay', when: 'pay', next: 'pay.how' },
      { text: 'loan.service', when: 'service', next: 'service' },
      { text: 'loan.facts', when: 'facts', next: 'facts' },
    ],
  },
  facts: { text: 'facts', load: 'facts' },
  sign: { text: 'sign', load: 'contract', options: [{ text: 'sign.go', do: 'sign', next: 'signed', refused: 'loan' }, { text: 'sign.sms', do: 'sendKeyFacts', next: 'sign' }] },
  signed: { text: 'signed' },
  waive: { text: 'waive', load: 'loan', options: [{ text: 'waive.go', do: 'waive', next: 'loan', refused: 'loan' }] },
  withdraw: { text: 'withdraw', load: 'loan', options: [{ text: 'withdraw.go', do: 'withdraw', next: 'loans', refused: 'loan' }] },
  service: { text: 'service', input: { kind: 'code', as: 'code', do: 'confirmService', next: 'loan' } },
  offers: { text: 'offers', load: 'offers', items: { next: 'offer' } },
  offer: {
    text: 'offer', load: 'offer',
    options: [
      { text: 'offer.apply', when: 'apply', next: 'apply.amount' },
      { text: 'offer.credentials', when: 'missing', next: 'types' },
    ],
  },
  'apply.amount': { text: 'apply.amount', load: 'offer', input: { kind: 'amount', as: 'amount', next: 'apply.months' } },
  'apply.months': { text: 'apply.months', load: 'offer', input: { kind: 'number', as: 'months', next: 'apply.facts' } },
  'apply.facts': { text: 'apply.facts', load: 'quote', options: [{ text: 'apply.go', do: 'apply', next: 'sign', refused: 'offer' }] },
  pay: { text: 'pay', load: 'payable', items: { next: 'pay.how' } },
  'pay.how': {
    text: 'pay.how',
    options: [
      { text: 'pay.mobile', next: 'pay.amount' },
      { text: 'pay.cash', next: 'cash' },
    ],
  },
  'pay.amount': {
    text: 'pay.amount', load: 'due',
    options: [
      { text: 'pay.due', when: 'due', do: 'takeDue', next: 'pay.confirm' },
      { text: 'pay.all', do: 'takeAll', next: 'pay.confirm' },
    ],
    input: { kind: 'amount', as: 'amount', next: 'pay.confirm' },
  },
  'pay.confirm': { text: 'pay.confirm', load: 'sum', options: [{ text: 'pay.go', do: 'requestPaymentCode', next: 'pay.code' }] },
  'pay.code': { text: 'pay.code' },
  cash: { text: 'cash', load: 'cash', items: { next: 'cash.code' } },
  'cash.code': { text: 'cash.code', input: { kind: 'code', as: 'code', do: 'confirmCash', next: 'cash.done' } },
  'cash.done': { text: 'cash.done' },
}

const record: Menu['screens'] = {
  credentials: { text: 'credentials', load: 'credentials', items: { next: 'credential' }, options: [{ text: 'credentials.request', next: 'types' }] },
  credential: { text: 'credential', load: 'credential' },
  types: { text: 'types', load: 'types', items: { do: 'requestCredential', next: 'types.done' } },
  'types.done': { text: 'types.done' },
  permissions: { text: 'permissions', load: 'permissions', items: { next: 'permission' } },
  permission: { text: 'permission', load: 'permission', options: [{ text: 'permission.withdraw', do: 'withdrawPermission', next: 'permissions', refused: 'permissions' }] },
}

/** A part of the profile: a screen that asks for it. */
const part = (text: Text, kind: 'name' | 'date' | 'number' | 'amount', field: string): Screen => ({
  text,
  ...(field === 'monthlyIncome' ? { load: 'currency' as const } : {}),
  input: { kind, as: 'given', set: { field }, do: 'updateProfile', next: 'profile' },
})
const parts: readonly Option[] = [
  { text: 'profile.fullName', next: 'profile.fullName' },
  { text: 'profile.birthDate', next: 'profile.birthDate' },
  { text: 'profile.documentNumber', next: 'profile.document' },
  { text: 'profile.occupation', next: 'profile.occupation' },
  { text: 'profile.household', next: 'profile.household' },
  { text: 'profile.income', next: 'profile.income' },
  { text: 'profile.score', next: 'score' },
]

const person: Menu['screens'] = {
  profile: { text: 'profile', load: 'profile', options: parts },
  'profile.fullName': part('profile.fullName.ask', 'name', 'fullName'),
  'profile.birthDate': part('profile.birthDate.ask', 'date', 'birthDate'),
  'profile.occupation': part('profile.occupation.ask', 'name', 'occupation'),
  'profile.household': part('profile.household.ask', 'number', 'household'),
  'profile.income': part('profile.income.ask', 'amount', 'monthlyIncome'),
  'profile.document': { text: 'profile.document.ask', input: { kind: 'answer', as: 'document', next: 'profile.pin' } },
  'profile.pin': { text: 'profile.pin.ask', needs: { secrets: ['document'], from: 'profile.document' }, input: { kind: 'pin', as: 'pin', do: 'updateDocument', next: 'profile' } },
  score: { text: 'score', options: [{ text: 'score.go', do: 'requestScore', next: 'score.done', refused: 'profile' }] },
  'score.done': { text: 'score.done' },
  complaints: { text: 'complaints', load: 'complaints', items: { next: 'complaint' }, options: [{ text: 'complaints.new', next: 'complain' }] },
  complaint: {
    text: 'complaint', load: 'complaint',
    options: [
      { text: 'complaint.settled', when: 'answered', set: { settled: 'yes' }, do: 'closeComplaint', next: 'complaints' },
      { text: 'complaint.open', when: 'answered', set: { settled: 'no' }, do: 'closeComplaint', next: 'complaints' },
    ],
  },
  complain: { text: 'complain', input: { kind: 'text', as: 'words', do: 'complain', next: 'complain.done' } },
  'complain.done': { text: 'complain.done' },
  settings: {
    text: 'settings',
    options: [
      { text: 'settings.pin', next: 'pin.present' },
      { text: 'settings.language', next: 'language' },
      { text: 'settings.phone', next: 'phone.number' },
    ],
  },
  'pin.present': { text: 'pin.present', input: { kind: 'pin', as: 'present', next: 'pin.new' } },
  'pin.new': { text: 'pin.new', needs: { secrets: ['present'], from: 'pin.present' }, input: { kind: 'pin', as: 'newPin', do: 'checkPin', next: 'pin.again' } },
  'pin.again': {
    text: 'pin.again', needs: { secrets: ['present', 'newPin'], from: 'pin.present' },
    input: { kind: 'pin', as: 'repeated', same: { as: 'newPin', else: 'pin.new' }, do: 'setPin', next: 'home', refused: 'pin.present' },
  },
  language: {
    text: 'language',
    options: [
      { text: 'language.en', set: { language: 'en' }, do: 'setLanguage', next: 'home' },
      { text: 'language.es', set: { language: 'es' }, do: 'setLanguage', next: 'home' },
    ],
  },
  'phone.number': { text: 'phone.number', input: { kind: 'phone', as: 'phone', next: 'phone.pin' } },
  'phone.pin': { text: 'phone.pin', input: { kind: 'pin', as: 'pin', do: 'requestPhoneChange', next: 'phone.done', refused: 'phone.number' } },
  'phone.done': { text: 'phone.done' },
}

export const menu: Menu = {
  start: 'start',
  home: 'home',
  resume: 'resume',
  screens: { ...open, ...home, ...lending, ...record, ...person },
}
