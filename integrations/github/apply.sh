#!/usr/bin/env bash
# Sends the requests of $FILE to $WID_API by the command wid, and writes what it prints into the summary of the job. With $PLAN_ONLY
# it only says what they would change: as a comment in Markdown, which it also writes to the file $COMMENT. With $GENERATIONS it
# applies nothing to specs that have others.
set -uo pipefail

said=$(mktemp)
trap 'rm -f "$said"' EXIT
status=0

if [ "$PLAN_ONLY" = true ]; then
  wid diff --output markdown -f "$FILE" 2>"$said" | tee "$COMMENT" || status=$?
  cat "$said" >&2
  cat "$COMMENT" >>"$GITHUB_STEP_SUMMARY"
else
  read -ra generations <<<"${GENERATIONS-}"
  if [ "${#generations[@]}" -gt 0 ]; then generations=(--if-generation "${generations[@]}"); fi
  NO_COLOR=1 wid apply --yes -f "$FILE" "${generations[@]}" 2>&1 | tee "$said" || status=$?
  printf '### wid apply\n\n' >>"$GITHUB_STEP_SUMMARY"
fi

# Indented lines are code, whatever is in them.
{
  echo
  sed 's/^/    /' "$said"
} >>"$GITHUB_STEP_SUMMARY"
echo "exit-code=$status" >>"$GITHUB_OUTPUT"
# A difference is what a pull request is for.
if [ "$PLAN_ONLY" = true ] && [ "$status" = 4 ]; then status=0; fi
exit "$status"
