import { callingUser, defineService, type ActionContext, type Service } from '@growr/bus'
import { identity as contract, project as projects, Refusal, type Params } from '@growr/contracts'
import { parseCriteria, signVerificationResult, verifyPresentation } from '@growr/credentials'
import { action } from '@growr/service'
import type { Kit } from '../kit.ts'
import { giveChallenge, useChallenge } from './challenges.ts'
import { verdictOf } from './verdict.ts'

const userOf = ({ caller }: ActionContext): string | null => (caller.kind === 'user' ? caller.userId : null)

/** The node's verifier: gives out challenges, and judges presentations by the criteria of a project. */
export function verificationService(kit: Kit): Service {
  const validate = async (params: Params<typeof contract.validateVC>, context: ActionContext): Promise<contract.Verification> => {
    const { project: key, challenge, presentation, indebtedness } = params
    // What somebody owes says the Loan service, not the one whom it is about.
    if (indebtedness !== undefined && context.through?.service !== 'loan') throw new Refusal('FORBIDDEN', { path: 'indebtedness' })
    const { criteria } = await context.call(projects.findByKey, { key })
    await useChallenge(kit, challenge, key, userOf(context), kit.requestRef(contract.validateVC, params, context))
    const verifier = kit.dids.verifier
    const now = kit.clock.now()
    const verification = await verifyPresentation(presentation, {
      verifierDid: verifier.did, challenge, now, criteria: parseCriteria(criteria), resolver: kit.resolver, statusSource: kit.statusReader,
      indebtedness: indebtedness && { ...indebtedness, owed: BigInt(indebtedness.owed) },
    })
    const { verdict, holder = null, digest } = verification
    const result = holder === null ? null : { type: 'Verification', signer: verifier.did, jws: await signVerificationResult(verification, key, verifier, now) }
    return { verdict, ...verdictOf(verification), holder, digest, verifier: verifier.did, result }
  }

  return defineService({
    name: 'verification',
    actions: [
      action(contract.requestPresentation, {
        handle: async (params, context) => {
          if (!context.through) callingUser(context)
          const { criteria } = await context.call(projects.findByKey, { key: params.project })
          const { id, expiresAt } = await giveChallenge(kit, params.project, userOf(context), kit.requestRef(contract.requestPresentation, params, context))
          return { challenge: id, verifier: kit.dids.verifier.did, types: [...criteria.required], expiresAt }
        },
      }),
      action(contract.validateVC, { handle: validate }),
    ],
  })
}
