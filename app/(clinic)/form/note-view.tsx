import { useContext } from 'react';
import { type FieldOf, fieldsOf, labelIn } from '../../../lib/form/definition.ts';
import { otherKey } from '../../../lib/form/filled-form.ts';
import { interpolate } from '../../../lib/form/interpolation.ts';
import { Banner } from '../../ui/banner.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { answerText } from './answer-text.ts';
import { useFormText } from './form-context.ts';
import { TimeZoneContext } from './time-zone.ts';

/** Words between the questions; `${field}` becomes what is answered there. */
export function NoteView({ field }: { field: FieldOf<'note'> | FieldOf<'separator'> }) {
  const { t, language } = useText();
  const timeZone = useContext(TimeZoneContext);
  const text = useFormText((store) => {
    const { definition } = store;
    const shown = (id: string) => {
      const asked = fieldsOf(definition).find((one) => one.repeat === null && one.field.id === id)?.field;
      const { values } = store.evaluation();
      return asked ? answerText({ t, language, definition, timeZone }, asked, values[id], values[otherKey(id)]) : null;
    };
    return interpolate(labelIn(field.text ?? field.label, language, definition), shown);
  });
  const lines = <Lines text={text} />;
  if (field.tone === 'warning' || field.tone === 'info') return <Banner tone={field.tone} title={lines} />;
  if (field.type === 'separator')
    return text === '' ? <hr className="border-border-strong" /> : <h3 className="pt-2 text-lg">{lines}</h3>;
  return <div>{lines}</div>;
}

/** The limited Markdown of notes, for now: paragraphs and **strong**; other marks are shown without their signs. */
function Lines({ text }: { text: string }) {
  return text
    .split(/\n+/)
    .filter((line) => line !== '')
    .map((line, index) => (
      <span key={String(index)} className="block">
        {line.split(/\*\*(.+?)\*\*/g).map((part, place) => {
          const plain = part.replace(/\\([\\`*_[\]<>#])/g, '$1');
          return place % 2 === 1 ? <strong key={String(place)}>{plain}</strong> : plain;
        })}
      </span>
    ));
}
