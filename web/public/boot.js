/* Before the first paint: the theme, language and size chosen earlier, so that nothing flashes. */
(function () {
  try {
    var root = document.documentElement;
    var theme = localStorage.getItem('jn.theme');
    var lang = localStorage.getItem('jn.lang');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    if (lang === 'en' || lang === 'zh-CN') root.lang = lang;
    if (localStorage.getItem('jn.elder') === '1') root.dataset.elder = '';
  } catch (e) {
    /* Storage is blocked: the system's theme and language serve. */
  }
})();
