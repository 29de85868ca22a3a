// What the components of Starlight and starlight-openapi lack for readers who use a keyboard or a screen reader.

// The heading of an example is one level below that of its section.
for (const heading of document.querySelectorAll('.sl-openapi-examples-heading')) {
  const { openapiSectionLevel } = heading.closest('[data-openapi-section-level]')?.dataset ?? {}
  if (openapiSectionLevel !== undefined) heading.ariaLevel = String(Number(openapiSectionLevel) + 1)
}

/** A table that is wider than its column is scrolled by keys once it has the focus. */
function letScroll() {
  for (const table of document.querySelectorAll('.sl-markdown-content table')) {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0
    else table.removeAttribute('tabindex')
  }
}

letScroll()
addEventListener('resize', letScroll)
