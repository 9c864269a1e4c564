// The sandbox's mailbox: asks for what was sent, twice a second, and shows it newest first.
// Everything is put in as text, never as HTML: a message may hold anything.
'use strict';

const words = {
  zh: {
    title: '沙箱信箱', to: '手机号或邮箱', none: '还没有消息。', other: 'English',
    what: '沙箱里的短信和邮件都到这里，不会发给任何真人。注册时的验证码就在下面。',
    away: '信箱没有回应，正在重试。', count: (n) => `${n} 条消息`, sms: '短信', email: '邮件',
    again: (n) => `收到 ${n} 次，只算一次`,
  },
  en: {
    title: 'Sandbox mailbox', to: 'Phone number or e-mail address', none: 'No messages yet.',
    other: '中文', what: 'Text messages and e-mails of the sandbox end here; nobody real receives them. '
      + 'The code for signing up is below.',
    away: 'The mailbox does not answer; trying again.',
    count: (n) => (n === 1 ? '1 message' : `${n} messages`), sms: 'SMS', email: 'E-mail',
    again: (n) => `arrived ${n} times, counted once`,
  },
};
const at = (id) => document.getElementById(id);
let language = new URLSearchParams(location.search).get('lang')
  || (navigator.language.startsWith('zh') ? 'zh' : 'en');
if (!(language in words)) language = 'en';
let shown = '';

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// The first run of six digits is what people look for.
function withCode(text) {
  const box = element('p', 'text');
  const found = /(^|\D)(\d{6})(?!\d)/.exec(text);
  if (!found) {
    box.textContent = text;
    return box;
  }
  const start = found.index + found[1].length;
  box.append(text.slice(0, start), element('strong', 'code', found[2]), text.slice(start + 6));
  return box;
}

function item(message) {
  const say = words[language];
  const made = element('li');
  const meta = element('p', 'meta');
  meta.append(element('span', '', say[message.channel]), element('strong', '', message.to));
  const time = element('time', '', new Date(message.at).toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en'));
  time.dateTime = message.at;
  meta.append(time);
  if (message.times > 1) meta.append(element('span', '', say.again(message.times)));
  made.append(meta);
  if (message.subject) made.append(element('h2', '', message.subject));
  made.append(withCode(message.text));
  return made;
}

function translate() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = `${words[language].title} · Jinnang`;
  for (const node of document.querySelectorAll('[data-text]')) {
    node.textContent = words[language][node.dataset.text];
  }
  at('language').textContent = words[language].other;
  at('language').lang = language === 'zh' ? 'en' : 'zh-CN';
  shown = '';
}

async function look() {
  const say = words[language];
  try {
    const answer = await fetch(`/v1/messages.json?to=${encodeURIComponent(at('to').value.trim())}`);
    const body = await answer.text();
    if (body !== shown) {
      shown = body;
      const { messages } = JSON.parse(body);
      at('list').replaceChildren(...messages.map(item));
      at('state').textContent = messages.length === 0 ? say.none : say.count(messages.length);
    }
  } catch {
    shown = '';
    at('state').textContent = say.away;
  }
}

at('filter').addEventListener('submit', (event) => event.preventDefault());
at('to').addEventListener('input', look);
at('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  translate();
  look();
});
translate();
look();
setInterval(look, 500);
