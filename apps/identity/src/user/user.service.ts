import { callerScope, callingUser, defineService, type ActionContext, type Service } from '@growr/bus'
import { Refusal, user as contract } from '@growr/contracts'
import { action, connectionOf } from '@growr/service'
import { normalizePhone } from '../common/contact.ts'
import type { Kit } from '../kit.ts'
import { checkCode, sendCode } from './codes.ts'
import { addUser, personAt } from './invitations.ts'
import { loginByEmail, loginByPhone, setPin, updateUser, validatePin } from './login.ts'
import { findMembers } from './members.ts'
import { notify, notifyOrganization } from './notices.ts'
import { approvePhoneChange, changePhone, findPhoneChanges, requestPhoneChange } from './phone-change.ts'
import { readProfile, updateProfile } from './profile.ts'
import { resetPin, vouch } from './recovery.ts'
import { registerBorrower, registerInvestor, registerOriginator } from './registration.ts'
import { requestScore } from './scoring.ts'
import { show as showSession } from './session.ts'
import { block, unblock } from './suspension.ts'
import { show, viewerOf, type Viewer } from './user.model.ts'
import type { UserDoc } from './user.collections.ts'

/** People: invitation, registration, sign-in, suspension, and how they are reached. */
export function userService(kit: Kit): Service {
  const requireUser = async (id: string): Promise<UserDoc> => {
    const found = await kit.users.get(id)
    if (found === null) throw new Refusal('NOT_FOUND', { path: 'id' })
    return found.doc
  }

  /** A person belongs to every organization in which she has a part: for the caller, to the caller's, if it is one of them. */
  const personScope = async ({ id }: { id: string }, { caller }: ActionContext) => {
    const user = await requireUser(id)
    const own = caller.kind === 'user' && user.memberships.some(({ organization }) => organization !== null && organization === caller.organization)
    return { owners: [user.id], organization: own && caller.kind === 'user' ? caller.organization : undefined }
  }

  const viewer = ({ caller, through }: ActionContext, user: string): Viewer =>
    caller.kind === 'user' && through === undefined ? viewerOf(caller, user) : { kind: 'node' }

  return defineService({
    name: 'user',
    actions: [
      action(contract.me, {
        scope: callerScope,
        handle: async (_params, context) => show(await requireUser(callingUser(context).userId), { kind: 'self' }),
      }),
      action(contract.findById, { scope: personScope, handle: async ({ id }, context) => show(await requireUser(id), viewer(context, id)) }),
      action(contract.findByOrganization, {
        scope: ({ organization }) => ({ organization }),
        handle: ({ organization, type, first, after }) =>
          // The operator too sees the members of an organization as that organization does.
          connectionOf(kit.users, { places: type === undefined ? organization : `${organization}/${type}` }, { first, after }, (doc) => show(doc, { kind: 'organization', organization })),
      }),
      action(contract.addUser, { handle: (params, context) => addUser(kit, params, context) }),
      action(contract.getOTP, { handle: (params, context) => sendCode(kit, params, context) }),
      action(contract.validateOTP, { handle: (params) => checkCode(kit, params) }),
      action(contract.registerOriginator, { handle: (params, context) => registerOriginator(kit, params, context) }),
      action(contract.registerBorrower, { handle: (params, context) => registerBorrower(kit, params, context) }),
      action(contract.registerInvestor, { handle: (params, context) => registerInvestor(kit, params, context) }),
      action(contract.loginByEmail, { handle: (params) => loginByEmail(kit, params) }),
      action(contract.loginByPhone, { handle: (params) => loginByPhone(kit, params) }),
      action(contract.refresh, { handle: async ({ refreshToken }) => showSession(await kit.sessions.refresh(refreshToken)) }),
      action(contract.logout, {
        scope: callerScope,
        handle: async (_params, context) => {
          await kit.sessions.signOut(callingUser(context).session)
          return { ok: true as const }
        },
      }),
      action(contract.updateUser, { scope: ({ id }) => ({ owners: [id] }), handle: (params, context) => updateUser(kit, params, context) }),
      action(contract.block, { scope: personScope, handle: (params, context) => block(kit, params, context) }),
      action(contract.unblock, { scope: personScope, handle: (params, context) => unblock(kit, params, context) }),
      action(contract.setPIN, { scope: callerScope, handle: (params, context) => setPin(kit, params, context) }),
      action(contract.validatePIN, { scope: callerScope, handle: (params, context) => validatePin(kit, params, context) }),
      action(contract.resetPIN, { handle: (params, context) => resetPin(kit, params, context) }),
      action(contract.vouch, { scope: ({ user }, context) => personScope({ id: user }, context), handle: (params, context) => vouch(kit, params, context) }),
      action(contract.requestPhoneChange, {
        scope: ({ user }, context) => (user === undefined ? callerScope({}, context) : personScope({ id: user }, context)),
        handle: (params, context) => requestPhoneChange(kit, params, context),
      }),
      action(contract.approvePhoneChange, {
        scope: async ({ change }) => {
          const found = await kit.phoneChanges.get(change)
          if (found === null) throw new Refusal('NOT_FOUND', { path: 'change' })
          return { organization: found.doc.organization }
        },
        handle: (params, context) => approvePhoneChange(kit, params, context),
      }),
      action(contract.changePhone, { handle: (params, context) => changePhone(kit, params, context) }),
      action(contract.findPhoneChanges, { scope: ({ organization }) => ({ organization }), handle: ({ organization }) => findPhoneChanges(kit, organization) }),
      action(contract.profile, { scope: callerScope, handle: (_params, context) => readProfile(kit, callingUser(context).userId) }),
      action(contract.updateProfile, { scope: callerScope, handle: (params, context) => updateProfile(kit, params, context) }),
      action(contract.requestScore, { scope: callerScope, handle: (params, context) => requestScore(kit, params, context) }),
      action(contract.findMembers, { handle: (params, context) => findMembers(kit, params, context) }),
      action(contract.checkSession, {
        // From memory: it is asked for each request.
        handle: ({ session, user, membership }) => ({ live: kit.registry.isLive(session, user, membership) }),
      }),
      action(contract.signingKeys, { handle: () => kit.accessKeys().map((key) => ({ ...key })) }),
      action(contract.findByPhone, {
        handle: async ({ phone }) => ({ user: (await personAt(kit, { phone: normalizePhone(phone, kit.config.country) }))?.id ?? null }),
      }),
      action(contract.notify, { handle: (params, context) => notify(kit, params, context) }),
      action(contract.notifyOrganization, { handle: (params, context) => notifyOrganization(kit, params, context) }),
    ],
  })
}

