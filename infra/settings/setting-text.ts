import * as z from 'zod'

/**
 * A setting with a text of this form. The reference and editors show the form as the setting's title.
 *
 * @param form completes the sentence "it is not …" and describes the correct form: `the ARN of a key such as arn:…`
 */
export function textOf(form: string, pattern: RegExp) {
  return z
    .string()
    .regex(pattern, { error: `is not ${form}` })
    .meta({ title: form })
}
