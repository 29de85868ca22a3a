/** Cases in which moto differs from AWS's documentation, with the reasons. A test checks that each still differs. */
export const knownDifferencesOfMoto: Readonly<Record<string, string>> = {
  'States.ALL does not catch States.DataLimitExceeded': 'States.ALL matches every error (error_equals_decl.py)',
  'States.ALL does not catch States.Runtime': 'States.ALL matches every error (error_equals_decl.py)',
  'expressions of a state see the variables from before it': 'Assign comes before Output (execute_state.py)',
}
