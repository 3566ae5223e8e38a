"""What every page is made of: tags, components, forms, the wizard, htmx, headers. No models."""
