// Keyboard and screen reader support that the components of Starlight and starlight-openapi lack.

// The heading of an example is one level below its section's.
for (const heading of document.querySelectorAll('.sl-openapi-examples-heading')) {
  const { openapiSectionLevel } = heading.closest('[data-openapi-section-level]')?.dataset ?? {}
  if (openapiSectionLevel !== undefined) heading.ariaLevel = String(Number(openapiSectionLevel) + 1)
}

/** The keyboard can scroll a table that is wider than its column only when the table has the focus. */
function letScroll() {
  for (const table of document.querySelectorAll('.sl-markdown-content table')) {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0
    else table.removeAttribute('tabindex')
  }
}

letScroll()
addEventListener('resize', letScroll)
