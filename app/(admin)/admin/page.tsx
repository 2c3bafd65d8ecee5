export default function AdminPage() {
  return <main>Hikma Health</main>;
}
