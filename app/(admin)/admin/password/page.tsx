import { PasswordForm } from './password-form.tsx';

export default function PasswordPage() {
  return <PasswordForm />;
}
