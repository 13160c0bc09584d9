import type { TemplateTexts } from './values.ts'

export const en: TemplateTexts = {
  invitation: {
    subject: '{organization} invites you to Growr',
    email:
      '{organization} invites you to Growr.\n\nOpen {link}[[ or dial {dial}]] and enter this code:\n\n{code}\n\nThe code counts for {minutes} minutes. If it has expired, ask for a new one at the same address.',
    sms: '{organization:28} invites you to Growr.[[ Dial {dial}.]] Open {link} Code: {code}',
  },
  code: {
    subject: 'Your Growr code',
    email:
      'Your Growr code is:\n\n{code}\n\nIt counts for {minutes} minutes. Tell it to nobody. If you did not ask for it, ignore this message.',
    sms: 'Growr code: {code}. It counts for {minutes} minutes. Tell it to nobody.',
  },
  registrationDone: {
    subject: 'Welcome to Growr',
    email: 'Welcome, {name}.\n\nYou are registered and can sign in.',
    sms: 'Welcome to Growr, {name:40}. You are registered.',
  },
  credentialIssued: {
    subject: 'A new credential: {credential}',
    email:
      '{organization} has issued the credential «{credential}» to you. It is in your credit record, which belongs to you: nobody sees it without your permission.',
    sms: '{organization:28} issued you the credential {credential:24}. It is in your credit record.',
  },
  credentialRevoked: {
    subject: 'A credential was revoked: {credential}',
    email:
      '{organization} has revoked the credential «{credential}». It no longer counts when you apply. Ask {organization} why, if you do not know.',
    sms: '{organization:28} revoked your credential {credential:24}. It no longer counts when you apply.',
  },
  permissionRequested: {
    subject: '{organization} asks to see your credentials',
    email:
      '{organization} asks you to let the project «{project}» see the credentials that it requires. Sign in to permit it, or do nothing: without you nobody sees them.',
    sms: '{organization:28} asks to see your credentials for {project:28}. Sign in to permit it. Without you nobody sees them.',
  },
  applicationApproved: {
    subject: 'Your loan is approved: {project}',
    email:
      'Your application in «{project}» is approved: {amount}.\n\nRead the contract and sign it by {until}; after that the offer lapses.',
    sms: 'Approved: {amount} from {project:28}. Read and sign the contract by {until}.',
  },
  applicationRefused: {
    subject: 'Your application was not approved: {project}',
    email: 'Your application in «{project}» was not approved. What did not fit:\n\n{reasons}\n\nYou may apply again when this has changed.',
    sms: 'Not approved: {project:28}. What did not fit: {reasons:380}.',
  },
  contractReady: {
    subject: 'Your contract is ready: {project}',
    email: 'The contract for your loan of {amount} in «{project}» is ready.\n\nRead it and sign it by {until}.',
    sms: 'Your contract is ready: {amount}, {project:28}. Read and sign it by {until}.',
  },
  contractSigned: {
    subject: 'Your contract is signed: {project}',
    email: 'You have signed the contract for {amount} in «{project}». You are told when the money is paid out.',
    sms: 'You signed for {amount}, {project:28}. We tell you when it is paid out.',
  },
  paymentCode: {
    subject: 'Your payment code',
    email:
      'You are about to hand over {amount} in cash.\n\nGive this code to the agent only once the amount is right:\n\n{code}\n\nIt counts for {minutes} minutes.',
    sms: 'Growr: you pay {amount} in cash. Give the agent code {code} only if this amount is right. It counts for {minutes} minutes.',
  },
  disbursementCode: {
    subject: 'Your code for receiving cash',
    email:
      'You are about to receive {amount} in cash.\n\nGive this code to the agent only once you have counted the money:\n\n{code}\n\nIt counts for {minutes} minutes.',
    sms: 'Growr: you receive {amount} in cash. Give the agent code {code} only once you have counted it. It counts for {minutes} minutes.',
  },
  disbursed: {
    subject: 'Your loan is paid out: {project}',
    email: 'Your loan of {amount} in «{project}» is paid out.',
    sms: 'Your loan of {amount} from {project:28} is paid out.',
  },
  paymentReceived: {
    subject: 'Payment received: {amount}',
    email: 'We have received {amount} for your loan in «{project}».\n\nLeft to pay: {left}.[[\nNext: {nextAmount} by {nextDue}.]]',
    sms: 'Received: {amount}, {project:20}. Left to pay: {left}.[[ Next: {nextAmount} by {nextDue}.]]',
  },
  overpaymentReturned: {
    subject: 'Returned to you: {amount}',
    email: 'You paid more than was owed in «{project}». {amount} is returned to you.',
    sms: 'You paid more than was owed in {project:28}. {amount} is returned to you.',
  },
  loanRepaid: {
    subject: 'Your loan is repaid: {project}',
    email:
      'Your loan in «{project}» is repaid in full. Thank you.[[\n\nYour cash-back: {cashBack}.]]\n\nIt is now part of your credit history, which belongs to you.',
    sms: 'Your loan from {project:28} is repaid in full. Thank you![[ Cash-back: {cashBack}.]]',
  },
  instalmentOverdue: {
    subject: 'An instalment is overdue: {project}',
    email: '{amount} of your loan in «{project}» was due on {due} and has not arrived.\n\nPlease pay it, or talk to your agent.',
    sms: '{amount} of your loan from {project:28} was due on {due}. Please pay it or talk to your agent.',
  },
  investorInvitation: {
    subject: '{organization} invites you to fund «{project}»',
    email: '{organization} invites you to fund the project «{project}».[[\n\nSee it and answer at {link}]]',
    sms: '{organization:24} invites you to fund {project:24}.[[ {link}]]',
  },
  investorRequest: {
    subject: 'An investor asks to join «{project}»',
    email: '{investor} asks to be let into the project «{project}».[[\n\nAnswer at {link}]]',
    sms: '{investor:24} asks to join {project:24}.[[ {link}]]',
  },
  investorContractToSign: {
    subject: 'A contract to sign: {project}',
    email: 'Your contract for {amount} in «{project}» is ready. Read it and sign it.[[\n\nIt is at {link}]]',
    sms: 'Your contract for {amount}, {project:24}, is ready to sign.[[ {link}]]',
  },
  investorContractSigned: {
    subject: 'A contract is signed: {project}',
    email: '{investor} has signed the contract for {amount} in «{project}».',
    sms: '{investor:28} signed for {amount}, {project:28}.',
  },
  fundingReceipt: {
    subject: 'Receipt: {amount} for {project}',
    email:
      'We have received {amount} for the project «{project}» on {date}.\n\nReceipt: {receipt}\n\nThe signed receipt is in your account.',
    sms: 'Received: {amount} for {project:24} on {date}. Receipt {receipt:36}.',
  },
  investorRepaid: {
    subject: 'Repaid to you: {amount} from {project}',
    email: '{amount} from the project «{project}» is repaid to you:\n\nprincipal {principal}\nyield {yield}',
    sms: 'Repaid: {amount}, {project:20}: principal {principal}, yield {yield}.',
  },
  handOverToConfirm: {
    subject: 'A cash hand-over to confirm',
    email: '{agent} hands over {amount} in cash. Count it and confirm it.[[\n\nCode: {code}]]',
    sms: '{agent:28} hands over {amount} in cash. Count it and confirm it.[[ Code: {code}]]',
  },
  webhookOff: {
    subject: 'A webhook was switched off: {host}',
    email: 'The webhook to {host} has not been taken since {since} ({reason}) and was switched off.\n\nNothing is lost: repair the receiver and resume the webhook; it goes on where it stopped.',
    sms: 'The webhook to {host:40} failed since {since} ({reason:20}) and was switched off. Resume it when it is repaired.',
  },
  ussdResult: { subject: 'Your request by phone', email: '{text}', sms: 'Growr: {text:440}' },
  projectClosed: {
    subject: 'The project is closed: {project}',
    email: 'The project «{project}» is closed. Everything in it is settled.',
    sms: 'The project {project:40} is closed. Everything in it is settled.',
  },
  pinReset: {
    subject: 'Your PIN was changed',
    email: 'Your Growr PIN was changed. If it was not you, tell your organization at once.',
    sms: 'Growr: your PIN was changed. If it was not you, tell your organization at once.',
  },
  phoneChangeAsked: {
    subject: 'A new phone number was asked for',
    email: 'Somebody asked to move your Growr account to the number that ends in {phone}. If it was not you, tell your organization at once.',
    sms: 'Growr: a move of your account to the number ending in {phone} was asked for. If it was not you, tell your organization at once.',
  },
  phoneChanged: {
    subject: 'Your phone number was changed',
    email: 'Your Growr account has moved to the number that ends in {phone}. If it was not you, tell your organization at once.',
    sms: 'Growr: your account moved to the number ending in {phone}. If it was not you, tell your organization at once.',
  },
  complaintReceived: {
    subject: 'Your complaint {number}',
    email: '{organization} has received your complaint. Its number is {number}.\n\nYou are told of each step.',
    sms: '{organization:28} has your complaint. Its number: {number}. We tell you of each step.',
  },
  complaintTaken: {
    subject: 'Your complaint {number} is being looked into',
    email: '{organization} is looking into your complaint {number}.',
    sms: '{organization:28} is looking into your complaint {number}.',
  },
  complaintAnswered: {
    subject: 'An answer to your complaint {number}',
    email: 'Your complaint {number} is answered:\n\n{answer}\n\nSay whether that settles it.',
    sms: 'Complaint {number}: {answer:80} Read it all and say whether that settles it.',
  },
  complaintClosed: {
    subject: 'Your complaint {number} is closed',
    email: 'Your complaint {number} is closed. Thank you for telling us.',
    sms: 'Your complaint {number} is closed. Thank you for telling us.',
  },
  complaintOpen: {
    subject: 'Complaint {number} is open',
    email: 'Complaint {number} is open and waits for an answer.',
    sms: 'Complaint {number} is open and waits for an answer.',
  },
  personErased: {
    subject: 'Your data is erased',
    email: 'Your personal data at this Growr node is erased, as was asked for. This is the last message that you get.',
    sms: 'Growr: your personal data here is erased, as was asked for. This is the last message that you get.',
  },
  keyFacts: {
    subject: 'Before you sign: {project}',
    email: 'Before you sign for your loan in «{project}», read its key facts: every instalment, the cost, what happens when you pay late, your rights.\n\n{link}',
    sms: 'Before you sign, {project:20}: instalments, cost and your rights: {link}',
  },
  serviceCode: {
    subject: 'Your code for what you received: {project}',
    email: 'Your loan in «{project}» is for a good or a service. Your agent says that you received it.\n\nGive this code only if that is so:\n\n{code}\n\nIt counts for {minutes} minutes.',
    sms: 'Growr, {project:24}: give the agent code {code} only if you received what the loan is for. It counts for {minutes} minutes.',
  },
  serviceConfirmed: {
    subject: 'Received: {project}',
    email: 'You have confirmed that you received what your loan in «{project}» is for.',
    sms: 'You confirmed that you received what your loan from {project:28} is for.',
  },
  loanWithdrawn: {
    subject: 'You have withdrawn: {project}',
    email: 'You have withdrawn from your loan of {amount} in «{project}». You owe nothing for it.',
    sms: 'You withdrew from your loan of {amount}, {project:28}. You owe nothing for it.',
  },
  offerLapsed: {
    subject: 'Your offer has lapsed: {project}',
    email: 'The offer of {amount} in «{project}» was not signed in time and has lapsed. You owe nothing for it and may apply again.',
    sms: 'The offer of {amount}, {project:28}, was not signed in time and has lapsed. You may apply again.',
  },
  coolingOffWaived: {
    subject: 'You need not wait: {project}',
    email: 'You have waived the time to think over your loan in «{project}». If that was not you, tell your organization at once.',
    sms: 'You waived the time to think over your loan from {project:28}. If that was not you, tell your organization.',
  },
  payoutReversed: {
    subject: 'Not paid out: {project}',
    email: 'The payout of {amount} in «{project}» was taken back: it had been registered by mistake. Your contract stands. If you have the money, tell your organization.',
    sms: 'The payout of {amount}, {project:20}, was taken back as a mistake. Your contract stands. If you have the money, tell us.',
  },
  paymentReversed: {
    subject: 'A payment was taken back: {amount}',
    email: 'The payment of {amount} for your loan in «{project}» was taken back: it had been registered by mistake.\n\nLeft to pay: {left}. If you did pay it, tell your organization and show your receipt.',
    sms: 'A payment of {amount}, {project:16}, was taken back as a mistake. Left: {left}. If you paid it, show your receipt.',
  },
  loanDefaulted: {
    subject: 'Your loan is in default: {project}',
    email: '{amount} of your loan in «{project}» has been due since {due}. The loan is now in default, and your credit history says so.\n\nTalk to your agent: you may pay what is due, or ask for another schedule.',
    sms: '{amount} of your loan, {project:20}, is due since {due}: it is in default. Talk to your agent about paying or a new schedule.',
  },
  loanUpToDate: {
    subject: 'Up to date again: {project}',
    email: 'We have received {amount}. Your loan in «{project}» is up to date again.\n\nLeft to pay: {left}.',
    sms: 'Received: {amount}. Your loan, {project:28}, is up to date again. Left to pay: {left}.',
  },
  loanWrittenOff: {
    subject: 'Written off: {project}',
    email: '{amount} of your loan in «{project}» is written off in the books. You still owe it: what you pay of it counts and is told to you.',
    sms: '{amount} of your loan, {project:28}, is written off in the books. You still owe it; what you pay of it counts.',
  },
  recoveryReceived: {
    subject: 'Payment received: {amount}',
    email: 'We have received {amount} for your loan in «{project}», which is written off.\n\nStill owed: {left}.',
    sms: 'Received: {amount}, {project:28}. Still owed of what was written off: {left}.',
  },
  loanRescheduled: {
    subject: 'A new schedule: {project}',
    email: 'Your loan in «{project}» has a new schedule. Left to pay: {left}.\n\nNext: {nextAmount} by {nextDue}.',
    sms: 'Your loan, {project:20}, has a new schedule. Left to pay: {left}. Next: {nextAmount} by {nextDue}.',
  },
  loanTakenOver: {
    subject: 'Your loan is here now: {project}',
    email: 'Your loan is now kept in «{project}». Left to pay: {left}.[[\n\nNext: {nextAmount} by {nextDue}.]]\n\nIf these figures are wrong, tell your organization.',
    sms: 'Your loan is now kept in {project:16}. Left to pay: {left}.[[ Next: {nextAmount} by {nextDue}.]] If this is wrong, tell us.',
  },
  mobilePaymentCode: {
    subject: 'How to pay by mobile money',
    email: 'Pay to the number {shortCode} and give as the account:\n\n{account}[[\n\nDue: {amount}]]\n\nOther accounts are not found: your payment would have to be looked for.',
    sms: 'Growr: pay by mobile money to {shortCode}, account {account}.[[ Due: {amount}.]]',
  },
  collectionCode: {
    subject: 'Your code for the agent',
    email: '{amount} of your loan is due on {date}, and an agent may come by.\n\nGive this code to the agent only once you have handed over the money and read the amount:\n\n{code}',
    sms: 'Growr: {amount} due {date}. When you have paid the agent and read the amount, give the code {code}.',
  },
  payoutToApprove: {
    subject: 'A payout to approve: {amount}',
    email: 'A payout of {amount} is above its project\'s limit. Somebody else than who registered it has to approve it.',
    sms: 'A payout of {amount} is above its limit and waits for a second person to approve it.',
  },
  reversalToConfirm: {
    subject: 'A reversal to confirm: {amount}',
    email: 'The reversal of a payment of {amount} was asked for:\n\n{reason}\n\nSomebody else has to confirm or reject it.',
    sms: 'The reversal of a payment of {amount} waits to be confirmed by somebody else: {reason:48}',
  },
  paymentTakenBack: {
    subject: 'A payment was taken back: {amount}',
    email: 'The payment of {amount} of {date} was taken back. It had not been counted for your loan.\n\nIf you did pay it, tell your organization and show your receipt.',
    sms: 'The payment of {amount} of {date} was taken back. If you paid it, tell your organization and show your receipt.',
  },
  paymentCancelled: {
    subject: 'Cancelled: {amount} in cash',
    email: 'The registered cash payment of {amount} is cancelled. Its code counts no more.\n\nIf the money changed hands, tell your organization at once.',
    sms: 'The cash payment of {amount} is cancelled. If the money changed hands, tell your organization at once.',
  },
  paymentKept: {
    subject: 'Your payment is being looked at: {amount}',
    email: 'We have received {amount}, which could not be counted for your loan. It is kept, and your organization will tell you what becomes of it.',
    sms: 'We received {amount}, which could not be counted for your loan. It is kept: your organization will look at it.',
  },
  payoutMade: {
    subject: 'Paid to you: {amount}',
    email: '{amount} was paid to you.',
    sms: 'Growr: {amount} was paid to you.',
  },
}
