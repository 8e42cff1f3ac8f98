"""The wire from and to Meta: signatures, their JSON, their calls, their error numbers."""
