// Prints the generations that the approved plan was made from, as "wid apply --if-generation" takes them: those in the comment of
// the merged pull request that has brought the commit $COMMIT.
import { call, planComment } from './github.mjs'

const { COMMIT, FILE } = process.env

const pulls = await call('GET', `/commits/${COMMIT}/pulls`)
const merged = pulls.filter((pull) => pull.merged_at)
const comments = await Promise.all(merged.map(({ number }) => planComment(number)))
const [approved] = comments.flatMap((comment) => {
  const [, generations] = /<!-- generations ([a-z0-9= -]+) -->\s*$/.exec(comment?.body ?? '') ?? []
  return generations === undefined ? [] : [generations]
})
if (approved === undefined) {
  throw new Error(
    `No merged pull request of the commit ${COMMIT} has a plan of ${FILE} with its generations. Bring the change by a pull request, or leave out the input approved-plan.`,
  )
}
process.stdout.write(approved)
