import { runCommand } from '../command.ts'
import { backup } from './command.ts'

runCommand(backup)
