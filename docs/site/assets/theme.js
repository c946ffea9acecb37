// Before anything is drawn: the theme that the reader has chosen.
document.documentElement.classList.add('js')
try { document.documentElement.dataset.theme = localStorage.theme || '' } catch { /* a private window */ }
