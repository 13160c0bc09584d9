import { killsUnderLoad, type KillResult } from '../src/testing/kills.ts'

export const name = 'kills'
export const about = 'A node under load (applications, repayments) is killed with SIGKILL at moments that the seed decides, sometimes again while it starts, and started over what it left. Nothing acknowledged may be lost, nothing doubled; at the end every book verifies, every view equals its rebuild and the accounts rest.'

/** `runs` kills, 200 unless told. */
export const run = ({ seed = 1, runs = 200 }: { readonly seed?: number; readonly runs?: number } = {}): Promise<KillResult> => killsUnderLoad({ seed, runs })
