"""What a screen reader is told, and the link that skips to the question."""

# The chat's own log would be read anew with every word that comes. It is silenced; what happens
# is told in one place: each stage once, then the answer as a whole.
ANNOUNCE_SCRIPT = """
() => {
  if (document.getElementById('rare-live')) return;
  const skip = document.createElement('a');
  skip.className = 'rare-skip';
  skip.href = '#rare-question';
  skip.textContent = 'Skip to the question';
  skip.addEventListener('click', (event) => {
    const box = document.querySelector('#rare-question textarea');
    if (!box) return;
    event.preventDefault();
    document.querySelector('#rare-tabs button[role="tab"]')?.click();
    setTimeout(() => box.focus(), 50);
  });
  document.body.prepend(skip);

  const live = document.createElement('div');
  live.id = 'rare-live';
  live.setAttribute('role', 'status');
  live.setAttribute('aria-live', 'polite');
  live.setAttribute('aria-atomic', 'true');
  document.body.append(live);
  let said = '';
  const say = (text) => {
    if (!text || text === said) return;
    said = text;
    live.textContent = text;
  };
  document.addEventListener('rare-say', (event) => say(event.detail));

  const words = (one) => (one?.innerText || one?.textContent || '').replace(/\\s+/g, ' ').trim();
  const stage = () => {
    const groups = document.querySelectorAll('#rare-chat .thought-group');
    const first = groups.length ? words(groups[groups.length - 1]).split('…')[0] : '';
    return first && first.length < 90 ? `${first} …` : '';
  };
  const outcome = (answers) => {
    const last = answers[answers.length - 1];
    const error = last?.querySelector('.rare-error');
    if (error) return words(error);
    if (!last?.querySelector('.rare-exports')) return '';
    const text = words(last.querySelector('.rare-text, .rare-refusal'));
    const count = last.querySelectorAll('.rare-number').length;
    const sources = count ? ` ${count} source${count > 1 ? 's' : ''}.` : '';
    return `Answer: ${text}${sources}`;
  };
  // What Gradio leaves without a name.
  const name = (selector, text) => document.querySelectorAll(selector)
    .forEach((one) => one.setAttribute('aria-label', text));
  const label = () => {
    document.querySelector('#rare-chat [role="log"]')?.setAttribute('aria-live', 'off');
    name('#rare-question .submit-button', 'Ask');
    name('#rare-question .stop-button', 'Stop the answer');
    for (const one of document.querySelectorAll('#rare-chat .thought-group .title')) {
      one.setAttribute('aria-expanded', one.classList.contains('expanded'));
    }
  };
  let due = 0;
  const look = () => {
    due = 0;
    label();
    const asked = document.querySelectorAll('#rare-chat .user-row').length;
    const answers = document.querySelectorAll('#rare-chat .rare-answer');
    if (!asked) return;
    say(outcome(answers) || stage());
  };
  const chat = document.querySelector('#rare-tab-ask') || document.body;
  new MutationObserver(() => { due ||= setTimeout(look, 400); })
    .observe(chat, {childList: true, subtree: true, characterData: true,
      attributes: true, attributeFilter: ['class']});
  look();
}
"""
