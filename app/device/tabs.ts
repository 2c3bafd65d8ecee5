/** What one tab of this phone says to the others: lock, or look again at who may open the phone. */
type Word = 'lock' | 'users';

const CHANNEL = 'phone';
let channel: BroadcastChannel | null = null;

export function tellTabs(word: Word): void {
  opened().postMessage(word);
}

/** The reply stops listening. */
export function hearTabs(listener: (word: Word) => void): () => void {
  const heard = ({ data }: MessageEvent<Word>) => listener(data);
  opened().addEventListener('message', heard);
  return () => opened().removeEventListener('message', heard);
}

/** Not before it is needed: the page is also drawn where there are no channels. */
function opened(): BroadcastChannel {
  channel ??= new BroadcastChannel(CHANNEL);
  return channel;
}
